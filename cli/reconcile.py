"""``twinlens jobs reconcile`` and ``redrive``: recover lost and failed jobs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from bench.stack import DeployedStack
from cli.console import Json, StackName, console, print_error, print_json, print_table, shown
from core.deployment.limits import patience
from core.errors import TwinlensError
from core.recovery.jobs import Finding, Recovery
from core.workflow.photo import PIPELINE

PATIENCE_MINUTES = patience(PIPELINE.timeout_seconds).total_seconds() / 60
MOST_MINUTES = 366 * 24 * 60  # no row of the ledger is older

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, without doing it.")]
OlderThan = Annotated[
    float,
    typer.Option(min=0, max=MOST_MINUTES, help="Minutes until an upload or a job counts as stuck."),
]


def reconcile(
    stack: StackName, older_than: OlderThan = PATIENCE_MINUTES, dry_run: DryRun = False, as_json: Json = False
) -> None:
    """Restart the workflow for uploads without a job and for stuck jobs."""
    recovery = _recovery(DeployedStack.of(stack), dry_run)
    _show(recovery.reconcile(timedelta(minutes=older_than), datetime.now(UTC)), as_json)


def redrive(stack: StackName, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Run the workflow again for failed jobs, and for uploads with dead-lettered events."""
    deployment = DeployedStack.of(stack)
    if chaos := deployment.outputs.get("chaos"):
        print_error(
            f"The stack {stack} still injects faults ({chaos}), which may fail these jobs again. "
            f"To end that: `pulumi config rm twinlens:chaos -s {stack} && pulumi up -s {stack}`."
        )
    _show(_recovery(deployment, dry_run).redrive(deployment.connection.dead_letters), as_json)


def _recovery(deployment: DeployedStack, dry_run: bool) -> Recovery:
    connection = deployment.connection
    return Recovery(
        connection.ledger, connection.intake, connection.notifier, deployment.outputs["recipe"], dry_run
    )


def _show(findings: Iterable[Finding], as_json: bool) -> None:
    """Print the findings; if the recovery fails, those that it made before."""
    found: list[Finding] = []
    try:
        found.extend(findings)
    except TwinlensError:
        if found:
            _print(found, as_json)
        raise
    _print(found, as_json)


def _print(found: list[Finding], as_json: bool) -> None:
    if as_json:
        print_json([asdict(each) for each in found])
    elif found:
        rows = [
            [each.why, each.job, each.since, shown(each.key), shown(each.done)]
            for each in sorted(found, key=lambda each: (each.why, each.since))
        ]
        print_table(["why", "job", "since", "key", "done"], rows)
    else:
        console.print("There is nothing to recover.")

"""``twinlens jobs approve`` and ``reject``: decide about a photo that waits for a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from bench.stack import DeployedStack
from cli.console import Json, StackName, console, print_json, shown
from cli.finding import JobId, find
from core.ledger import Decision
from core.review.decisions import APPROVED, REFUSED, decide, kept

Reason = Annotated[str, typer.Option(help="Why: kept with the job, and in its notification.")]


def approve(job: JobId, stack: StackName, reason: Reason = "", as_json: Json = False) -> None:
    """Approve a photo that waits for a decision: its job goes on."""
    _decide(job, stack, APPROVED, reason, as_json)


def reject(job: JobId, stack: StackName, reason: Reason = "", as_json: Json = False) -> None:
    """Refuse a photo that waits for a decision: its job ends as refused, without outputs."""
    _decide(job, stack, REFUSED, reason, as_json)


def _decide(job: str, stack: str, decision: Decision, reason: str, as_json: bool) -> None:
    deployment = DeployedStack.of(stack)
    connection, found = deployment.connection, find(deployment, job)
    row = decide(connection.ledger, connection.wake, found.id, decision, reason, datetime.now(UTC))
    if as_json:
        print_json({"id": row.id, "decision": row.decision, "reason": kept(reason)})
    else:
        console.print(f"The job {row.id} is {row.decision}: {shown(row.document['source']['key'])}")

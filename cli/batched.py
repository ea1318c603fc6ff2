"""Output of ``twinlens batch``: how far a batch is, what became of its items, and the run that is kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from bench import batch_runs
from bench.stack import DeployedStack
from cli.console import console, errors, print_error, print_json, print_table, progress, shown, state_text
from core.batch.items import Item
from core.batch.summary import WITH_PICTURE, Outcome, outcomes, part
from core.ledger import OPEN, LedgerRow

POLL_SECONDS = 2
SHOWN = 20  # items in a table


def started(
    deployment: DeployedStack,
    made: str,
    items: Sequence[Item],
    mistakes: Sequence[str],
    *,
    out: Path | None,
    wait: bool,
    as_json: bool,
) -> None:
    """Say that a batch was started; or wait for its end, and exit with 1 unless every item has a picture."""
    if as_json and not wait:
        print_json({"id": made, "items": len(items), "left_out": list(mistakes)})
    else:
        output = errors if wait else console  # whoever waits may be interrupted
        output.print(f"The batch {made} has {len(items):,} item{'s' * (len(items) != 1)}.")
        output.print(f"`twinlens batch show {made[:12]} -s {shown(deployment.stack)}` shows how far it is.")
    if not wait:
        return
    row, found = _followed(deployment, made, items)
    told(deployment, row, found, out, as_json, mistakes)
    if row.state != "succeeded" or any(each.end not in WITH_PICTURE for each in found):
        raise typer.Exit(1)


def _followed(deployment: DeployedStack, made: str, items: Sequence[Item]) -> tuple[LedgerRow, list[Outcome]]:
    """Wait until the batch has ended; only items that have not ended are read again."""
    ended: dict[str, Outcome] = {}
    with progress() as bar:
        task = bar.add_task("processing", total=len(items), note="")
        while True:
            deployment.check()
            row = deployment.row(made)
            over = row is not None and row.state not in OPEN
            left = [each for each in items if each.id not in ended]
            for each in outcomes(left, deployment.row):
                if over or each.end not in ("missing", "unfinished"):
                    ended[each.item.id] = each
            bar.update(task, completed=len(ended))
            if row is not None and over:
                return row, [ended[each.id] for each in items]
            time.sleep(POLL_SECONDS)


def told(
    deployment: DeployedStack,
    row: LedgerRow,
    found: Sequence[Outcome],
    out: Path | None,
    as_json: bool,
    left_out: Sequence[str] = (),
) -> None:
    """Print what became of a batch, even if it cannot be kept as a run.

    ``left_out`` are the entries of its manifest that were told before: people have read of them.
    """
    run: Path | None = None
    try:
        run = batch_runs.keep(deployment, row, found, out) if out else None
        if out and run is None:
            print_error(f"The batch {row.id} processed nothing, so no run was kept.")
    finally:
        _show(row, found, run, as_json, left_out)


def _show(
    row: LedgerRow, found: Sequence[Outcome], run: Path | None, as_json: bool, left_out: Sequence[str]
) -> None:
    job, summary = row.job(), part(found)
    counted, without = summary["counts"], summary["without_picture"]
    if as_json:
        told: dict[str, Any] = {"id": row.id, "state": row.state, "recipe": job.recipe, **summary}
        told |= {"run": str(run)} if run else {}
        told |= {"left_out": list(left_out)} if left_out else {}
        print_json(told)
        return
    console.print(f"batch    {row.id}  {state_text(row.state)}")
    console.print(f"recipe   {shown(job.recipe)}")
    console.print(f"items    {len(found):,}: " + ", ".join(f"{n:,} {end}" for end, n in counted.items()))
    if job.error:
        console.print(f"reason   {shown(job.error.name)}: {shown(job.error.message)}")
    if without:
        rows = [
            [each["job"][:12], shown(each["key"]), each["end"], shown(each["reason"])]
            for each in without[:SHOWN]
        ]
        print_table(["job", "key", "end", "reason"], rows)
        if len(without) > SHOWN:
            console.print(f"... and {len(without) - SHOWN:,} more; --json lists all.")
    if run:
        console.print(f"\ntwinlens report {shown(str(run))}")

"""``twinlens batch``: process what is in the store already."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from bench import batch_runs, batches
from bench.stack import DeployedStack
from cli.console import (
    Json,
    StackName,
    console,
    print_error,
    print_json,
    print_table,
    progress,
    shown,
    stack_names,
    state_text,
)
from cli.finding import find
from cli.reconcile import PATIENCE_MINUTES
from core import recipes
from core.batch.items import AT_ONCE, MAX_CONCURRENCY, Item, items_of
from core.batch.summary import Outcome, counts, outcomes
from core.errors import SetupError
from core.ledger import OPEN, LedgerRow

POLL_SECONDS = 2
SHOWN = 20  # items in a table

BatchId = Annotated[str, typer.Argument(help="A batch's id, or a unique prefix of it.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until the batch has ended.")]
Out = Annotated[
    Path | None,
    typer.Option(file_okay=False, help="Keep the batch as a run in this folder, for `twinlens report`."),
]

app = typer.Typer(help="Process photos that are in the store already, as one batch.")


@app.callback(invoke_without_command=True)
def batch(
    context: typer.Context,
    stack: Annotated[
        str, typer.Option("--stack", "-s", help="The Pulumi stack.", autocompletion=stack_names)
    ] = "",
    prefix: Annotated[str | None, typer.Option(help="Process all photos whose key begins so.")] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Process the photos of this file: .json, .jsonl or .csv."
        ),
    ] = None,
    recipe: Annotated[str, typer.Option(help="The recipe, if it is not the stack's.")] = "",
    concurrency: Annotated[
        int, typer.Option(min=1, max=MAX_CONCURRENCY, help="How many items run at once.")
    ] = AT_ONCE,
    tolerate: Annotated[str, typer.Option(help="The share of failed items at which it stops.")] = "5%",
    again: Annotated[bool, typer.Option("--again", help="Process what was processed before, too.")] = False,
    wait: Wait = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Start a batch: each item is processed like an upload, and a summary is written at the end."""
    if context.invoked_subcommand:
        return
    tolerated = percent(tolerate)
    if not stack:
        raise SetupError("--stack is missing: name a stack, such as aws-local.")
    if (prefix is None) == (manifest is None):
        raise SetupError("Give either --prefix or --manifest, to say which photos.")
    _check(out, wait)
    if recipe:
        recipes.load(recipe)
    deployment = DeployedStack.of(stack)
    named = recipe or deployment.outputs["recipe"]
    mistakes: list[str] = []
    if manifest is not None:
        items, mistakes = batches.in_manifest(deployment, manifest, named)
    else:
        items = batches.in_prefix(deployment, prefix or "", named)
    options = batches.Options(concurrency, tolerated)
    made, listed = batches.start(deployment, items, options, named, again=again)
    for mistake in mistakes:
        print_error(shown(f"{manifest}: {mistake}; it is left out."))
    _started(deployment, made, listed, mistakes, out=out, wait=wait, as_json=as_json)


@app.command()
def show(batch: BatchId, stack: StackName, out: Out = None, as_json: Json = False) -> None:
    """Show how far a batch is, and which of its items have no picture."""
    deployment = DeployedStack.of(stack)
    row = _find(deployment, batch)
    found = outcomes(items_of(row.job(), deployment.connection.outputs), deployment.row)
    _print(deployment, row, found, out, as_json)


@app.command()
def redrive(
    batch: BatchId,
    stack: StackName,
    older_than: Annotated[
        float, typer.Option(min=0, help="Minutes until an item counts as lost that has not ended.")
    ] = PATIENCE_MINUTES,
    wait: Wait = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Start a batch of what failed in an earlier one, was not begun, or was lost."""
    _check(out, wait)
    deployment = DeployedStack.of(stack)
    row = _find(deployment, batch)
    found = outcomes(items_of(row.job(), deployment.connection.outputs), deployment.row)
    made, listed = batches.redrive(deployment, row, found, timedelta(minutes=older_than))
    _started(deployment, made, listed, [], out=out, wait=wait, as_json=as_json)


def _check(out: Path | None, wait: bool) -> None:
    """Refuse to keep what has not ended.

    Raises:
        SetupError: Nobody waits for the end.
    """
    if out and not wait:
        raise SetupError("--out needs --wait: `twinlens batch show BATCH --out` keeps a batch later.")


def percent(text: str) -> float:
    """Return the share in percent that the text names, such as "5%".

    Raises:
        SetupError: It names none.
    """
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = -1
    if not 0 <= value <= 100:
        raise SetupError(f"--tolerate is {text!r}; it must be a share from 0% to 100%, such as 5%.")
    return value


def _find(deployment: DeployedStack, batch: str) -> LedgerRow:
    row = find(deployment, batch)
    if row.job().batch is None:
        raise SetupError(f"{row.id} is the job of a photo: `twinlens jobs show` shows it.")
    return row


def _started(
    deployment: DeployedStack,
    made: str,
    items: Sequence[Item],
    mistakes: Sequence[str],
    *,
    out: Path | None,
    wait: bool,
    as_json: bool,
) -> None:
    if not wait:
        if as_json:
            print_json({"id": made, "items": len(items), "left_out": list(mistakes)})
        else:
            console.print(f"The batch {made} has {len(items):,} items.")
            console.print(
                f"`twinlens batch show {made[:12]} -s {shown(deployment.stack)}` shows how far it is."
            )
        return
    row, found = _followed(deployment, made, items)
    _print(deployment, row, found, out, as_json)
    if row.state != "succeeded" or any(each.end not in ("succeeded", "skipped") for each in found):
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


def _print(
    deployment: DeployedStack, row: LedgerRow, found: Sequence[Outcome], out: Path | None, as_json: bool
) -> None:
    job, counted = row.job(), counts(found)
    run = batch_runs.keep(deployment, row, found, out) if out else None
    without = [each for each in found if each.end not in ("succeeded", "skipped")]
    if as_json:
        told: dict[str, Any] = {"id": row.id, "state": row.state, "recipe": job.recipe, "items": len(found)}
        listed = [
            {"key": each.item.upload.source.key, "job": each.item.id, "end": each.end, "reason": each.reason}
            for each in without
        ]
        told |= {"run": str(run)} if run else {}
        print_json({**told, "counts": counted, "without_picture": listed})
        return
    console.print(f"batch    {row.id}  {state_text(row.state)}")
    console.print(f"recipe   {shown(job.recipe)}")
    console.print(f"items    {len(found):,}: " + ", ".join(f"{n:,} {end}" for end, n in counted.items()))
    if job.error:
        console.print(f"reason   {shown(job.error.name)}: {shown(job.error.message)}")
    if without:
        rows = [
            [each.item.id[:12], shown(each.item.upload.source.key), each.end, shown(each.reason)]
            for each in without[:SHOWN]
        ]
        print_table(["job", "key", "end", "reason"], rows)
        if len(without) > SHOWN:
            console.print(f"... and {len(without) - SHOWN:,} more; --json lists all.")
    if run:
        console.print(f"\ntwinlens report {shown(str(run))}")

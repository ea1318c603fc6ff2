"""``twinlens batch``: process what is in the store already."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from bench import batches
from bench.stack import DeployedStack
from cli.batched import started, told
from cli.console import Json, StackName, print_error, stack_names
from cli.finding import find
from cli.reconcile import MOST_MINUTES, PATIENCE_MINUTES
from core import recipes
from core.batch.items import AT_ONCE, MAX_CONCURRENCY, TOLERATED, Item, items_of
from core.batch.summary import outcomes
from core.errors import ObjectMissing, SetupError
from core.ledger import LedgerRow

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
    tolerate: Annotated[
        str, typer.Option(help="The share of failed items at which it stops.")
    ] = f"{TOLERATED:g}%",
    again: Annotated[bool, typer.Option("--again", help="Process what was processed before, too.")] = False,
    wait: Wait = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Start a batch: each item is processed like an upload, and a summary is written at the end."""
    if context.invoked_subcommand:
        return _refuse_options(context)
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
        print_error(f"{manifest}: {mistake}; it is left out.")
    started(deployment, made, listed, mistakes, out=out, wait=wait, as_json=as_json)


@app.command()
def show(batch: BatchId, stack: StackName, out: Out = None, as_json: Json = False) -> None:
    """Show how far a batch is, and which of its items have no picture."""
    deployment = DeployedStack.of(stack)
    row = _find(deployment, batch)
    found = outcomes(_items(deployment, row), deployment.row)
    told(deployment, row, found, out, as_json)


@app.command()
def redrive(
    batch: BatchId,
    stack: StackName,
    older_than: Annotated[
        float,
        typer.Option(min=0, max=MOST_MINUTES, help="Minutes until an open item counts as lost."),
    ] = PATIENCE_MINUTES,
    wait: Wait = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Start a batch of what failed in an earlier one, was not begun, or was lost."""
    _check(out, wait)
    deployment = DeployedStack.of(stack)
    row = _find(deployment, batch)
    found = outcomes(_items(deployment, row), deployment.row)
    made, listed = batches.redrive(deployment, row, found, timedelta(minutes=older_than))
    started(deployment, made, listed, [], out=out, wait=wait, as_json=as_json)


def _refuse_options(context: typer.Context) -> None:
    """Refuse options in front of ``show`` or ``redrive``, which would have no effect.

    Raises:
        SetupError: There is one.
    """
    sources = map(context.get_parameter_source, context.params)
    if any(each is not None and each.name == "COMMANDLINE" for each in sources):
        command = f"twinlens batch {context.invoked_subcommand}"
        raise SetupError(f"Write options behind `{command}`, as in `{command} BATCH --stack STACK`.")


def _check(out: Path | None, wait: bool) -> None:
    """Refuse to keep what has not ended, or where nothing can be written: a batch may take hours.

    Raises:
        SetupError: Nobody waits for the end, or the folder cannot be written.
        OSError: The folder cannot be made.
    """
    if out and not wait:
        raise SetupError("--out needs --wait: `twinlens batch show BATCH --out` keeps a batch later.")
    if out:
        out.mkdir(parents=True, exist_ok=True)
        if not os.access(out, os.W_OK | os.X_OK):
            raise SetupError(f"The folder {out} cannot be written: give another one to --out.")


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


def _items(deployment: DeployedStack, batch: LedgerRow) -> list[Item]:
    """Return the items of a batch.

    Raises:
        SetupError: Their list was deleted.
    """
    try:
        return items_of(batch.job(), deployment.connection.outputs)
    except ObjectMissing:
        raise SetupError(
            f"The list of the batch {batch.id} was deleted from the output container, so its items are not "
            f"known any more: `twinlens jobs list -s {deployment.stack}` lists all jobs."
        ) from None

"""``twinlens jobs``: read the ledger of a stack, and recover jobs."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from bench.stack import DeployedStack
from cli.console import Json, StackName, console, print_json, print_table, shown, state_text
from cli.decide import approve, reject
from cli.finding import JobId, find
from cli.reconcile import reconcile, redrive
from core.errors import SetupError
from core.ledger import AWAITING, LedgerRow
from core.review.flags import FLAGS
from core.store.folder import write_all

JobState = Literal[
    "claimed", "released", "awaiting_approval", "succeeded", "rejected", "refused", "expired", "failed"
]

app = typer.Typer(no_args_is_help=True, help="Read a stack's ledger, decide about photos, and recover jobs.")
app.command()(reconcile)
app.command()(redrive)
app.command()(approve)
app.command()(reject)


def summary(row: LedgerRow) -> dict[str, Any]:
    """Return the main fields of a row as JSON values."""
    error = row.document.get("error") or {}
    return {
        "id": row.id,
        "state": row.state,
        "key": row.key,
        "claimed_at": row.claimed_at,
        "updated_at": row.updated_at,
        "reason": error.get("message") or _review(row),
    }


def _review(row: LedgerRow) -> str | None:
    """Say why a job waits for a person, or waited, and until when."""
    review = row.document.get("review")
    if not isinstance(review, dict):
        return None
    why = ", ".join(FLAGS.get(each, each) for each in row.document.get("flags", ()))
    if row.state == AWAITING and not row.decision:
        return f"{why}; decide by {review['deadline']}"
    decided = row.decision or review["decision"]
    return f"{decided}: {review['reason'] or why}"


@app.command("list")
def list_jobs(
    stack: StackName,
    state: Annotated[JobState | None, typer.Option(help="Only jobs in this state.")] = None,
    key: Annotated[str | None, typer.Option(help="Only jobs of these uploads; * matches any text.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many jobs.")] = None,
    as_json: Json = False,
) -> None:
    """List the jobs, newest first."""
    deployment = DeployedStack.of(stack)
    if key is not None:
        _check_key(key, deployment.outputs["inputPrefix"])
    rows = (
        row
        for row in deployment.rows()
        if state in (None, row.state) and (key is None or fnmatchcase(row.key, key))
    )
    newest = sorted(rows, key=lambda row: row.claimed_at, reverse=True)
    found = [summary(row) for row in newest[:limit]]
    if as_json:
        print_json(found)
        return
    if not found:
        console.print("No job matches." if state or key else "There are no jobs yet.")
        return
    cells = [
        [
            each["id"],
            state_text(each["state"]),
            each["claimed_at"],
            shown(each["key"]),
            shown(each["reason"] or ""),
        ]
        for each in found
    ]
    print_table(["job", "state", "claimed", "key", "reason"], cells)


@app.command()
def show(
    job: JobId,
    stack: StackName,
    as_json: Json = False,
) -> None:
    """Show one job: its source, its outputs and where its time went."""
    row = find(DeployedStack.of(stack), job)
    if as_json:
        print_json(summary(row) | {"document": row.document})
        return
    document = row.document
    console.print(f"job      {row.id}  {state_text(row.state)}")
    console.print(f"source   {shown(document['source']['key'])}  {document['source']['size']:,} bytes")
    console.print(f"claimed  {row.claimed_at}   last change {row.updated_at}")
    if review := _review(row):
        console.print(f"review   {shown(review)}")
    if document.get("error"):
        console.print(f"reason   {shown(document['error']['name'])}: {shown(document['error']['message'])}")
    if document.get("artifacts"):
        outputs = [
            [shown(each["key"]), f"{each['width']}x{each['height']}", f"{each['size']:,}"]
            for each in document["artifacts"]
        ]
        print_table(["output", "pixels", "bytes"], outputs, numbers=["bytes"])
    if document.get("trace"):
        parts = ("download_ms", "compute_ms", "upload_ms")
        steps = [
            [
                each["step"],
                str(each["attempt"]),
                "cold" if each["cold"] else "",
                *(f"{each[part]:,.0f}" for part in parts),
            ]
            for each in document["trace"]
        ]
        columns = ["step", "attempt", "start", "download ms", "compute ms", "upload ms"]
        print_table(columns, steps, numbers=columns[3:])


@app.command()
def get(
    job: JobId,
    stack: StackName,
    out: Annotated[
        Path, typer.Option("--out", "-o", file_okay=False, help="Where to create the folder of the outputs.")
    ] = Path("out"),
    as_json: Json = False,
) -> None:
    """Download the outputs of a job into a folder named after it."""
    deployment = DeployedStack.of(stack)
    row = find(deployment, job)
    if row.state != "succeeded":
        raise SetupError(
            f"The job {row.id} has no outputs: its state is {row.state!r}. "
            f"`twinlens jobs show {row.id[:12]} -s {stack}` says why."
        )
    folder = out / row.id
    files = {each["name"]: deployment.read_output(each["key"]) for each in row.document["artifacts"]}
    write_all(files, folder)
    if as_json:
        print_json([{"path": str(folder / name), "bytes": len(data)} for name, data in files.items()])
    else:
        console.print(f"{len(files)} files are in {shown(str(folder))}.")


def _check_key(pattern: str, prefix: str) -> None:
    """Refuse a pattern that no job's key can match, since keys begin with the input prefix.

    Raises:
        SetupError: It is such a pattern.
    """
    text, *wild = re.split(r"[*?[]", pattern.casefold(), maxsplit=1)
    start = prefix.casefold()[: len(text)] if wild else prefix.casefold()
    if not text.startswith(start):
        raise SetupError(f"No job can match {pattern!r}: keys begin with {prefix!r}, as in '{prefix}*.jpg'.")

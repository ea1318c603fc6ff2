"""``twinlens jobs``: read the ledger of a stack, and recover jobs."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bench.stack import DeployedStack
from cli.console import Json, StackName, console, print_json, shown, state_text, table
from cli.reconcile import reconcile, redrive
from core.errors import SetupError
from core.ports import LedgerRow

app = typer.Typer(no_args_is_help=True, help="Read a stack's ledger, and recover lost and failed jobs.")
app.command()(reconcile)
app.command()(redrive)


def summary(row: LedgerRow) -> dict[str, Any]:
    """Return the main fields of a row as JSON values."""
    error = row.document.get("error")
    return {
        "id": row.id,
        "state": row.state,
        "key": row.document["source"]["key"],
        "claimed_at": row.claimed_at,
        "updated_at": row.updated_at,
        "reason": error["message"] if error else None,
    }


@app.command("list")
def list_jobs(
    stack: StackName,
    state: Annotated[str | None, typer.Option(help="Only jobs in this state.")] = None,
    as_json: Json = False,
) -> None:
    """List the jobs, newest first."""
    rows = sorted(DeployedStack.of(stack).rows(), key=lambda row: row.claimed_at, reverse=True)
    found = [summary(row) for row in rows if state in (None, row.state)]
    if as_json:
        print_json(found)
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
    console.print(table(["job", "state", "claimed", "key", "reason"], cells))


@app.command()
def show(
    job: Annotated[str, typer.Argument(help="A job's id, or a unique prefix of it.")],
    stack: StackName,
    as_json: Json = False,
) -> None:
    """Show one job: its source, its outputs and where its time went."""
    row = _find(DeployedStack.of(stack), job)
    if as_json:
        print_json(summary(row) | {"document": row.document})
        return
    document = row.document
    console.print(f"job      {row.id}  {state_text(row.state)}")
    console.print(f"source   {shown(document['source']['key'])}  {document['source']['size']:,} bytes")
    console.print(f"claimed  {row.claimed_at}   last change {row.updated_at}")
    if document.get("error"):
        console.print(f"reason   {shown(document['error']['name'])}: {shown(document['error']['message'])}")
    if document.get("artifacts"):
        outputs = [
            [shown(each["key"]), f"{each['width']}x{each['height']}", f"{each['size']:,}"]
            for each in document["artifacts"]
        ]
        console.print(table(["output", "pixels", "bytes"], outputs, numbers=["bytes"]))
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
        console.print(table(columns, steps, numbers=columns[3:]))


def _find(deployment: DeployedStack, job: str) -> LedgerRow:
    row = deployment.row(job)
    found = [row] if row else [each for each in deployment.rows() if each.id.startswith(job)]
    if len(found) != 1:
        which = "no job" if not found else f"{len(found)} jobs"
        raise SetupError(
            f"The stack {deployment.stack!r} has {which} whose id begins with {job!r}: "
            f"`twinlens jobs list -s {deployment.stack}` lists them."
        )
    return found[0]

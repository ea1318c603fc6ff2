"""Find a job in a stack's ledger by the beginning of its id."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from bench.stack import DeployedStack
from core.errors import SetupError, UnreadableRow
from core.ledger import LedgerRow

WHOLE = re.compile("[0-9a-f]{32}")

JobId = Annotated[str, typer.Argument(help="A job's id, or a unique prefix of it.")]


def find(deployment: DeployedStack, job: str) -> LedgerRow:
    """Return the row of the one job whose id begins so.

    Raises:
        SetupError: There is none, or there are several.
    """
    row = deployment.row(job) if WHOLE.fullmatch(job) else None  # a table takes not every text as a key
    found = [row] if row else [each for each in deployment.rows() if each.id.startswith(job)]
    if len(found) != 1:
        which = "no job" if not found else f"{len(found)} jobs"
        raise SetupError(
            f"The stack {deployment.stack!r} has {which} whose id begins with {job!r}: "
            f"`twinlens jobs list -s {deployment.stack}` lists them."
        )
    try:
        found[0].job()
    except UnreadableRow as error:
        raise SetupError(f"The job {found[0].id} cannot be shown: {error}.") from None
    return found[0]

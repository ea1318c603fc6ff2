"""The inventory of the local subscription: all resources by id, as in Azure Resource Manager.

The file is beside Pulumi's local state, and is deleted with it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import state
from local.providers.wire import Properties

TIMEOUT_SECONDS = 30
TABLE = "CREATE TABLE IF NOT EXISTS resources (id TEXT PRIMARY KEY COLLATE NOCASE, outputs TEXT NOT NULL)"


def remember(identity: str, outputs: Properties) -> None:
    """Record a resource with its outputs, replacing earlier ones."""
    with _open() as database:
        database.execute("INSERT OR REPLACE INTO resources VALUES (?, ?)", (identity, json.dumps(outputs)))


def forget(identity: str) -> None:
    """Delete the record of a resource."""
    with _open() as database:
        database.execute("DELETE FROM resources WHERE id = ?", (identity,))


def recall(identity: str) -> Properties | None:
    """Return a resource's outputs, or ``None`` if it does not exist. Ids are case-insensitive."""
    with _open() as database:
        row = database.execute("SELECT outputs FROM resources WHERE id = ?", (identity,)).fetchone()
    return json.loads(row[0]) if row else None


def everything() -> dict[str, Properties]:
    """Return the outputs of all resources by id."""
    with _open() as database:
        return {row[0]: json.loads(row[1]) for row in database.execute("SELECT id, outputs FROM resources")}


@contextmanager
def _open() -> Iterator[sqlite3.Connection]:
    path = Path(state.load().pulumi.home).parent / "azure-resources.db"
    database = sqlite3.connect(path, timeout=TIMEOUT_SECONDS)
    try:
        with database:
            database.execute(TABLE)
            yield database
    finally:
        database.close()

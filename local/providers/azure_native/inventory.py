"""What there is in the one local subscription: every resource by its id, as Azure Resource Manager knows it.

The file lies beside Pulumi's local state and so goes with it when the emulators start anew.
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
    """Enter a resource, or what became of it."""
    with _open() as database:
        database.execute("INSERT OR REPLACE INTO resources VALUES (?, ?)", (identity, json.dumps(outputs)))


def forget(identity: str) -> None:
    """Strike a resource."""
    with _open() as database:
        database.execute("DELETE FROM resources WHERE id = ?", (identity,))


def recall(identity: str) -> Properties | None:
    """Return a resource's outputs; ``None`` if there is no such resource. Ids are the same in any case."""
    with _open() as database:
        row = database.execute("SELECT outputs FROM resources WHERE id = ?", (identity,)).fetchone()
    return json.loads(row[0]) if row else None


def everything() -> dict[str, Properties]:
    """Return the outputs of all resources by their ids."""
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

"""The notification of a finished job: the parts of the job document that it contains."""

from __future__ import annotations

from typing import Any

from core.job import Job

# Parts of the job document; ``components/aws`` compiles the same list to JSONata.
FIELDS = ("id", "state", "recipe", "source", "artifacts", "error")


def message(job: Job) -> dict[str, Any]:
    """Return the notification's body as plain JSON values."""
    document = job.to_document()
    return {name: document[name] for name in FIELDS}

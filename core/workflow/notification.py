"""The notification of a job: the parts of the job document that it contains."""

from __future__ import annotations

from typing import Any

from core.job import Job

# Parts of the job document; ``components/aws`` compiles the same list to JSONata.
FIELDS = ("id", "state", "recipe", "source", "artifacts", "error")
REVIEW_FIELDS = ("flags", "review")  # of a job that a person has to decide about


def message(job: Job, link: str = "") -> dict[str, Any]:
    """Return the notification's body as plain JSON values; ``link`` leads to the page to decide on."""
    document = job.to_document()
    body = {name: document[name] for name in (*FIELDS, *REVIEW_FIELDS) if name in document}
    return body | {"link": link} if link else body

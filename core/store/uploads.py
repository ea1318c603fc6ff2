"""Read a job's upload: the bytes whose event started the job, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.job import Job
from core.ports import Upload

if TYPE_CHECKING:
    from core.steps import Tools


def read_upload(job: Job, tools: Tools) -> bytes:
    """Return the bytes of the job's upload.

    Raises:
        TooManyBytes: There are more than the deployment accepts.
        Superseded: Another object was written under its key since.
        ObjectMissing: It was deleted.
        StoreUnavailable: The store can't answer now.
    """
    return tools.input.get(job.source.key, tools.max_bytes, Upload(job.source, job.uploaded_at))

"""A small picture of an upload, for whoever decides about it."""

from __future__ import annotations

from core.job import Job
from core.photo import memory
from core.photo.decode import read
from core.photo.formats import Settings, encode
from core.photo.resize import resize
from core.recipe import Size
from core.steps import Tools
from core.store.uploads import read_upload

PREVIEW = Size("preview", 1024, 1024)


def preview(job: Job, tools: Tools) -> bytes:
    """Return a JPEG of the job's upload with at most 1,024 pixels a side.

    Raises:
        PhotoError: The upload can't be decoded, or another photo replaced it.
        ObjectMissing: It was deleted.
    """
    with memory.of_a_step():
        photo, picture = read(read_upload(job, tools), tools.max_pixels, (PREVIEW,))
        small = resize(picture, PREVIEW, (photo.width, photo.height))
        return encode("jpeg", small, Settings()).data

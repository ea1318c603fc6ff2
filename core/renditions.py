"""Leave lossless pictures in the store for the next step, and pick them up there."""

from __future__ import annotations

from PIL.Image import Image

from core.job import Job, Rendition
from core.photo.decode import decode
from core.photo.formats import Settings, png
from core.ports import ObjectStore


def write(job: Job, store: ObjectStore, name: str, picture: Image) -> Rendition:
    """Put the picture under the job's ``work/`` prefix."""
    key = f"{job.work_prefix}{name}.{png.EXTENSION}"
    store.put(key, png.encode(picture, Settings(), png.FASTEST), png.CONTENT_TYPE)
    return Rendition(name, key, picture.width, picture.height)


def read(store: ObjectStore, rendition: Rendition) -> Image:
    """Return the picture, exactly as it was written."""
    pixels = rendition.width * rendition.height
    # Four channels, and what a PNG adds at worst where nothing can be compressed.
    return decode(store.get(rendition.key, 5 * pixels + 65_536), pixels)

"""Write lossless pictures to the store for the next step, and read them."""

from __future__ import annotations

import json

from PIL.Image import Image, new

from core.job import Job, Rendition
from core.photo.decode import decode
from core.photo.film import Film
from core.photo.formats import Settings, png
from core.ports import ObjectStore


def write(job: Job, store: ObjectStore, name: str, film: Film) -> Rendition:
    """Put the pictures under the job's ``work/`` prefix in one file; animation frames are stacked."""
    key = f"{job.work_prefix}{name}.{png.EXTENSION}"
    note = json.dumps([film.durations, film.plays]) if film.animated else ""
    store.put(key, png.encode(_strip(film), Settings(), png.FASTEST, note), png.CONTENT_TYPE)
    return Rendition(name, key, *film.first.size, len(film.frames))


def read(store: ObjectStore, rendition: Rendition) -> Film:
    """Return the pictures, exactly as they were written."""
    width, height = rendition.width, rendition.height
    pixels = width * height * rendition.frames
    # Four channels, and what a PNG adds at worst where nothing can be compressed.
    data = store.get(rendition.key, 5 * pixels + 65_536)
    strip = decode(data, pixels)
    if rendition.frames == 1:
        return Film((strip,))
    durations, plays = json.loads(png.note(data))
    tops = range(0, strip.height, height)
    return Film(tuple(strip.crop((0, top, width, top + height)) for top in tops), tuple(durations), plays)


def _strip(film: Film) -> Image:
    if not film.animated:
        return film.first
    width, height = film.first.size
    strip = new(film.first.mode, (width, height * len(film.frames)))
    for number, frame in enumerate(film.frames):
        strip.paste(frame, (0, number * height))
    return strip

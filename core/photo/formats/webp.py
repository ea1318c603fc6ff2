"""WebP, lossy, with transparency, also animated."""

from __future__ import annotations

from io import BytesIO

from PIL.Image import Image

from core.photo.alpha import filled
from core.photo.film import Film
from core.photo.formats import Settings

EXTENSION = "webp"
CONTENT_TYPE = "image/webp"
TRANSPARENCY = True
LOSSLESS = False
# Opacity is written without loss, and effort 6 tries so much there that a megapixel of noise takes 40 s, and
# even a soft gradient takes 10; with effort 5 they take at most 1 s.
_MOST_EFFORT_FOR_OPACITY = 5
# The maximum of the format's 24 bits, more than four hours.
_LONGEST_MS = 2**24 - 1


def encode(image: Image, settings: Settings) -> bytes:
    """Return the picture as WebP."""
    file = BytesIO()
    filled(image).save(
        file, "WEBP", quality=settings.quality, method=_effort(image, settings), exif=settings.exif()
    )
    return file.getvalue()


def animate(film: Film, settings: Settings) -> bytes:
    """Return all the frames as WebP."""
    file = BytesIO()
    first, *others = map(filled, film.frames)
    first.save(
        file,
        "WEBP",
        save_all=True,
        append_images=others,
        duration=[min(each, _LONGEST_MS) for each in film.durations],
        loop=film.plays,
        quality=settings.quality,
        method=_effort(film.first, settings),
        exif=settings.exif(),
    )
    return file.getvalue()


def _effort(image: Image, settings: Settings) -> int:
    return min(settings.effort, _MOST_EFFORT_FOR_OPACITY) if image.mode == "RGBA" else settings.effort


def bytes_per_pixel(quality: int, opaque: bool) -> int:
    """Return the peak memory of encoding, as measured with noise of the highest quality."""
    return 36 if opaque else 56

"""GIF, with at most 256 colours per frame: for animations that must play everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import accumulate, pairwise

from PIL.Image import Image
from PIL.ImageChops import difference

from core.photo import palette
from core.photo.alpha import flatten
from core.photo.film import Film
from core.photo.formats import Settings

EXTENSION = "gif"
CONTENT_TYPE = "image/gif"
TRANSPARENCY = True
LOSSLESS = False
# From this quality on, a frame has all the colours that fit; below it, proportionally fewer.
ALL_COLOURS = 80
# Pixels less than half opaque become transparent: a GIF has no partial transparency.
_OPAQUE = 128
_CLEAR = 255  # the transparent index
# Browsers slow down frames shown for less than 20 ms.
_SHORTEST_CS = 2
# The maximum of the format's 16 bits; longer durations are limited to it.
_LONGEST_CS = 65_535


def encode(image: Image, settings: Settings) -> bytes:
    """Return the picture as GIF."""
    return animate(Film((image,)), settings)


def animate(film: Film, settings: Settings) -> bytes:
    """Return all the pictures as GIF, each with its own colours; durations become hundredths of a second.

    The copyright is written as a comment.
    """
    file = BytesIO()
    pictures = [_indexed(frame, settings) for frame in film.frames]
    durations = hundredths(film.durations)
    if sum(durations) > _LONGEST_CS:
        pictures, durations = _merged(pictures, durations)
    first, *others = pictures
    clear = film.first.mode == "RGBA"
    options: dict[str, object] = {"transparency": _CLEAR} if clear else {}
    if others:
        options["duration"] = [10 * each for each in durations]
        options["disposal"] = 2 if clear else 1  # clear each frame that would show through the next
        if film.plays != 1:
            options["loop"] = max(0, film.plays - 1)  # the number of repetitions; 0 is endless
    first.save(
        file,
        "GIF",
        save_all=bool(others),
        append_images=others,
        optimize=False,
        comment=settings.copyright.encode(),
        **options,
    )
    return file.getvalue()


def hundredths(durations_ms: Sequence[int]) -> list[int]:
    """Return the durations in hundredths of a second, rounded so that their sum stays correct."""
    ends = [0, *(round(end / 10) for end in accumulate(durations_ms))]
    return [max(_SHORTEST_CS, end - begin) for begin, end in pairwise(ends)]


def _merged(pictures: list[Image], durations: list[int]) -> tuple[list[Image], list[int]]:
    """Merge equal neighbours, up to the longest duration that a GIF can declare.

    Pillow merges them too, but to durations that exceed the format's maximum.
    """
    kept, times = pictures[:1], durations[:1]
    for picture, duration in zip(pictures[1:], durations[1:], strict=True):
        if difference(kept[-1].convert("RGBA"), picture.convert("RGBA")).getbbox(alpha_only=False):
            kept.append(picture)
            times.append(duration)
        else:
            times[-1] += duration
    return kept, [min(each, _LONGEST_CS) for each in times]


def _indexed(image: Image, settings: Settings) -> Image:
    """Return the picture with its own palette; transparent pixels have the last index."""
    flat = flatten(image, settings.background)
    if image.mode == "RGB":
        return palette.indexed(flat, _colours(settings, 256))
    alpha = image.getchannel("A")
    clear = alpha.point(lambda tone: 255 * (tone < _OPAQUE))
    flat.paste(_some_colour(flat, alpha), mask=clear)  # hidden colours use no palette entries
    made = palette.indexed(flat, _colours(settings, _CLEAR))
    colours = made.getpalette() or []
    made.putpalette(colours + [0] * (768 - len(colours)))
    made.info["transparency"] = _CLEAR
    made.paste(_CLEAR, mask=clear)
    return made


def _colours(settings: Settings, room: int) -> int:
    return max(2, min(room, round(256 * settings.quality / ALL_COLOURS)))


def _some_colour(flat: Image, alpha: Image) -> tuple[int, int, int]:
    """Return the colour of a visible pixel; black if there is none."""
    seen = alpha.point(lambda tone: 255 * (tone >= _OPAQUE)).getbbox()
    if not seen:
        return (0, 0, 0)
    left, top, right, _ = seen
    row = alpha.crop((left, top, right, top + 1)).tobytes()
    at = next(x for x, tone in enumerate(row) if tone >= _OPAQUE)
    return flat.getpixel((left + at, top))  # type: ignore[return-value]


def bytes_per_pixel(quality: int, opaque: bool) -> int:
    """Return the peak memory of encoding, as measured with noise of the highest quality."""
    return 12 if opaque else 14

"""Turn uploaded bytes into an upright sRGB picture, or say in one sentence why that can't be.

Rules, whatever the format:

- The format is found by content (:mod:`core.photo.signature`) and only its own reader
  (:mod:`core.photo.reading`) sees the bytes.
- What the file declares is checked against the limits before a pixel is decoded (:mod:`core.photo.limits`),
  and the whole file is decoded before it is trusted.
- EXIF orientation is baked in and colours become sRGB (:mod:`core.photo.colour`); no metadata is left.
- Of an animation or a file of several pages, the first picture is used, unless an animation is to be kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL.Image import DecompressionBombError, Image, Resampling

from core.errors import DamagedPhoto, PhotoError, TooManyPixels
from core.job import Photo
from core.photo import budget, colour, film, limits, orientation, reading, signature
from core.photo.film import Film
from core.photo.reading import Source
from core.recipe import Recipe, Size

# How much larger than the largest size a picture stays after reduction by a decoder, and by averaging.
# libjpeg reduces so well that it may go down to the size itself: by benchmarks/photo.py that costs
# at most 0.005 SSIM, and 48 megapixels to 2048 pixels take half the time. Averages leave room for Lanczos.
DRAFT_HEADROOM = 1.0
REDUCE_HEADROOM = 2.0
# The formats whose pictures are the frames of an animation.
ANIMATED = frozenset({"gif", "webp", "png", "avif"})


@dataclass(frozen=True)
class Traits:
    """What a file is beside its picture: an animation or pages, where it was taken, and in which colours."""

    animated: bool
    pages: bool
    located: bool
    rgb: bool


def inspect(
    data: bytes,
    max_pixels: int,
    sizes: Iterable[Size] = (),
    *,
    animated: bool = False,
    recipe: Recipe | None = None,
) -> Photo:
    """Return what the file holds, after decoding it; see :func:`examine`."""
    return examine(data, max_pixels, sizes, animated=animated, recipe=recipe)[0]


def examine(
    data: bytes,
    max_pixels: int,
    sizes: Iterable[Size] = (),
    *,
    animated: bool = False,
    recipe: Recipe | None = None,
) -> tuple[Photo, Traits]:
    """Return what the file holds, and its traits, after decoding it at the smallest scale its format allows.

    If animations are kept, for these ``sizes``, all frames are decoded. The later processing of the photo by
    the ``recipe`` must also fit into this worker's memory.

    Raises:
        PhotoError: The file can't be processed; the subclass and the sentence say why.
    """
    name = signature.identify(data)
    source = _opened(data, name, max_pixels)
    _check_memory(data, name, source, tuple(sizes), recipe)
    with _explained(name, "its pixels can't be decoded"):
        source.draft(1, 1)
        source.picture()
        if animated and _moves(name, source):
            limits.check_animation(source.size, source.frames, max_pixels, sizes)
            for _ in source.pictures():
                pass
        moves = _moves(name, source)
        traits = Traits(moves, source.frames > 1 and not moves, source.located, source.rgb)
        return _photo(name, source), traits


def decode(data: bytes, max_pixels: int, sizes: Iterable[Size] = ()) -> Image:
    """Return the upright picture; see :func:`read`."""
    return read(data, max_pixels, sizes)[1]


def read(
    data: bytes, max_pixels: int, sizes: Iterable[Size] = (), recipe: Recipe | None = None
) -> tuple[Photo, Image]:
    """Return what the file holds, and its upright picture as RGB, or RGBA if any of it is transparent.

    With ``sizes`` the picture may be smaller than the file's, but is at least :data:`DRAFT_HEADROOM` times
    as large as any of them needs.

    Raises:
        PhotoError: The file can't be processed; the subclass and the sentence say why.
    """
    name, sizes = signature.identify(data), tuple(sizes)
    source = _opened(data, name, max_pixels)
    _check_memory(data, name, source, sizes, recipe)
    with _explained(name, "its pixels can't be decoded"):
        if name == "jpeg":
            scale = _scale(source.size, source.turn, sizes) * DRAFT_HEADROOM
            width, height = (int(each * scale) + 1 for each in source.size)
            source.draft(width, height)
        picture = source.picture()
        turn = source.turn
        reduced = _reduced(picture, _scale(picture.size, turn, sizes) * REDUCE_HEADROOM)
        return _photo(name, source), orientation.bake(colour.to_srgb(reduced, source.profile), turn)


def read_film(
    data: bytes,
    max_pixels: int,
    sizes: Iterable[Size] = (),
    *,
    animated: bool = False,
    recipe: Recipe | None = None,
) -> tuple[Photo, Film]:
    """Return what a file holds, and its picture or, if ``animated``, all of its frames; see :func:`read`.

    The later processing by the ``recipe`` must also fit into this worker's memory.

    A fallback picture that is not part of an animated PNG is left out.

    Raises:
        PhotoError: The file can't be processed; the subclass and the sentence say why.
    """
    name, sizes = signature.identify(data), tuple(sizes)
    if animated and name in ANIMATED:
        source = _opened(data, name, max_pixels)
        if _moves(name, source):
            limits.check_animation(source.size, source.frames, max_pixels, sizes)
            _check_memory(data, name, source, sizes, recipe)
            with _explained(name, "its pixels can't be decoded"):
                return _read_frames(name, source, sizes)
    photo, picture = read(data, max_pixels, sizes, recipe)
    return photo, Film((picture,))


def _read_frames(name: str, source: Source, sizes: Collection[Size]) -> tuple[Photo, Film]:
    pictures, durations = [], []
    turn = source.turn
    scale = _scale(source.size, turn, sizes) * REDUCE_HEADROOM
    for picture, duration in source.pictures():
        durations.append(film.shown(duration))
        pictures.append(orientation.bake(colour.to_srgb(_reduced(picture, scale), source.profile), turn))
    return _photo(name, source), Film(film.of_one_mode(pictures), tuple(durations), film.plays(source.plays))


def _photo(name: str, source: Source) -> Photo:
    return Photo(name, *orientation.upright_size(source.size, source.turn), source.frames, source.copyright)


def _moves(name: str, source: Source) -> bool:
    """Return whether the file is an animation; a TIFF's pictures are pages."""
    return name in ANIMATED and source.frames > 1


def _opened(data: bytes, name: str, max_pixels: int) -> Source:
    """Open the file with its format's own reader, and check its header against the limits."""
    reader = reading.load(name)  # outside the block: a missing reader is not the photo's fault
    with _explained(name, "its header can't be read"):
        limits.check_bytes(data, name)
        source = reader.open(data)
        limits.check_header(source, name, max_pixels)
    return source


@contextmanager
def _explained(name: str, what: str) -> Iterator[None]:
    """Turn any exception of a reader into a PhotoError, by default one that says ``what`` is damaged."""
    format_name = name.upper()
    try:
        yield
    except PhotoError:
        raise
    except MemoryError:
        raise TooManyPixels("The picture needs more memory than there is to decode it.") from None
    except DecompressionBombError:  # Pillow's own limit on pixels
        raise TooManyPixels(
            f"The {format_name} file has a strip or tile that is too large; save it with smaller ones."
        ) from None
    except Exception as error:  # hostile bytes can make readers raise any exception
        # The traceback and this generator would keep each other, and the file, until the collector runs.
        error.__traceback__ = None
        if "truncated" in str(error).lower():
            raise DamagedPhoto(f"The {format_name} file is cut off: its end is missing.") from error
        raise DamagedPhoto(f"The {format_name} file is damaged: {what}.") from error


def _check_memory(
    data: bytes, name: str, source: Source, sizes: tuple[Size, ...], recipe: Recipe | None
) -> None:
    """Check the photo's memory against this worker's; other exceptions here are not the photo's fault."""
    if name == "jpeg":
        limits.check_scans(data, source.size)
    headroom = DRAFT_HEADROOM, REDUCE_HEADROOM
    limits.check_memory(source.size, len(data), budget.stages(source, name, sizes, recipe, headroom))


def _scale(size: tuple[int, int], turn: int, sizes: Collection[Size]) -> float:
    """Return the factor by which a picture shrinks for the largest of ``sizes``; 1 if there are none."""
    return budget.largest_scale(orientation.upright_size(size, turn), sizes)


def _reduced(image: Image, scale: float) -> Image:
    """Average whole pixels where the picture shrinks to half or less, which saves time in later stages.

    Where a side is not a multiple of the factor, parts of pixels are averaged: the remainder at its end would
    otherwise become a pixel as wide as the others.
    """
    factor = int(1 / scale)
    if factor < 2 or image.mode not in reading.REDUCIBLE or "transparency" in image.info:
        return image
    if image.width % factor == 0 == image.height % factor:
        return image.reduce(factor)
    size = max(1, round(image.width / factor)), max(1, round(image.height / factor))
    return image.resize(size, Resampling.BOX)

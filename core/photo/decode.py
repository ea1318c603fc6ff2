"""Turn uploaded bytes into an upright sRGB picture, or say in one sentence why that can't be.

Rules, whatever the format:

- The format is found by content (:mod:`core.photo.signature`) and only its own parser sees the bytes.
- What the file declares is held against the limits before a pixel is decoded (:mod:`core.photo.limits`), and
  the whole of it is decoded before it is trusted.
- EXIF orientation is baked in and colours become sRGB (:mod:`core.photo.colour`); no metadata is left.
- Of an animation or a file of several pages, the first picture is used, unless an animation is to be kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO

from PIL.Image import Image
from PIL.ImageFile import ImageFile

from core.errors import DamagedPhoto, PhotoError, TooManyPixels
from core.job import Photo
from core.photo import colour, copyright, film, limits, orientation, signature
from core.photo.film import Film
from core.photo.resize import scale_for
from core.recipe import Size

# How much larger than the largest size a picture stays that a decoder reduces, and one that is averaged.
# libjpeg skips detail so well that it may end where the size begins: by benchmarks/photo.py that costs
# at most 0.005 SSIM, and 48 megapixels to 2048 pixels take half the time. Averages leave room for Lanczos.
DRAFT_HEADROOM = 1.0
REDUCE_HEADROOM = 2.0
# A reader's words may quote the file.
MAX_REASON = 200
# The formats whose several pictures are one that moves.
ANIMATED = frozenset({"gif", "webp", "png", "avif"})
_REDUCIBLE = {"L", "LA", "RGB", "RGBA", "CMYK"}


def inspect(data: bytes, max_pixels: int, sizes: Iterable[Size] = (), *, animated: bool = False) -> Photo:
    """Return what the file holds, after decoding it at the smallest scale its format allows.

    If animations are to be kept, for these ``sizes``, all pictures of one are decoded.

    Raises:
        PhotoError: The file can't be processed; the subclass and the sentence say why.
    """
    name = signature.identify(data)
    with _opened(data, name, max_pixels) as image:
        size, frames = image.size, limits.count_frames(image, name, data)
        if image.format == "JPEG":
            image.draft(None, (1, 1))
        limits.load(image)
        upright = orientation.upright_size(size, orientation.read(image))
        if animated and _moves(name, frames):
            limits.check_animation(size, frames, max_pixels, sizes)
            for number in range(1, frames):
                image.seek(number)
                image.load()
        return Photo(name, *upright, frames, copyright.read(image))


def decode(data: bytes, max_pixels: int, sizes: Iterable[Size] = ()) -> Image:
    """Return the upright picture; see :func:`read`."""
    return read(data, max_pixels, sizes)[1]


def read(data: bytes, max_pixels: int, sizes: Iterable[Size] = ()) -> tuple[Photo, Image]:
    """Return what the file holds, and its upright picture as RGB, or RGBA if any of it is transparent.

    With ``sizes`` the picture may be smaller than the file's, but is at least :data:`DRAFT_HEADROOM` times
    as large as any of them needs.

    Raises:
        PhotoError: The file can't be processed; the subclass and the sentence say why.
    """
    name = signature.identify(data)
    with _opened(data, name, max_pixels) as image:
        size, frames, sizes = image.size, limits.count_frames(image, name, data), tuple(sizes)
        if image.format == "JPEG":
            scale = _scale(image, orientation.read(image), sizes) * DRAFT_HEADROOM
            image.draft(None, (int(image.width * scale) + 1, int(image.height * scale) + 1))
            limits.check_drafted(image)
        limits.load(image)
        turn = orientation.read(image)
        photo = Photo(name, *orientation.upright_size(size, turn), frames, copyright.read(image))
        reduced = _reduced(image, _scale(image, turn, sizes) * REDUCE_HEADROOM)
        return photo, orientation.bake(colour.to_srgb(reduced), turn)


def read_film(
    data: bytes, max_pixels: int, sizes: Iterable[Size] = (), *, animated: bool = False
) -> tuple[Photo, Film]:
    """Return what a file holds, and its picture, or if ``animated`` those of an animation; see :func:`read`.

    A fallback picture that is not part of an animated PNG is left out.

    Raises:
        PhotoError: The file can't be processed; the subclass and the sentence say why.
    """
    name, sizes = signature.identify(data), tuple(sizes)
    if animated and name in ANIMATED:
        with _opened(data, name, max_pixels) as image:
            frames = limits.count_frames(image, name, data)
            if _moves(name, frames):
                limits.check_animation(image.size, frames, max_pixels, sizes)
                return _read_frames(image, name, frames, sizes)
    photo, picture = read(data, max_pixels, sizes)
    return photo, Film((picture,))


def _read_frames(image: ImageFile, name: str, frames: int, sizes: Collection[Size]) -> tuple[Photo, Film]:
    pictures, durations = [], []
    image.load()
    turn = orientation.read(image)
    photo = Photo(name, *orientation.upright_size(image.size, turn), frames, copyright.read(image))
    scale = _scale(image, turn, sizes) * REDUCE_HEADROOM
    for number in range(1 if image.info.get("default_image") else 0, frames):
        image.seek(number)
        image.load()
        durations.append(film.shown(image.info.get("duration", 0)))
        pictures.append(orientation.bake(colour.to_srgb(_reduced(image, scale)), turn))
    return photo, Film(film.of_one_mode(pictures), tuple(durations), _plays(image, name))


def _moves(name: str, frames: int) -> bool:
    """Tell whether the file is an animation; a TIFF's pictures are pages."""
    return name in ANIMATED and frames > 1


def _plays(image: ImageFile, name: str) -> int:
    """Return how often the animation is to be shown, 0 for endlessly; a GIF says how often again."""
    if name == "gif":
        loop = image.info.get("loop")
        return 1 if loop is None else loop + 1 if loop else 0
    return int(image.info.get("loop", 0))


@contextmanager
def _opened(data: bytes, name: str, max_pixels: int) -> Iterator[ImageFile]:
    """Open the picture with its format's own reader; whatever a reader raises becomes a PhotoError."""
    module, reader = signature.READERS[name]
    kind = getattr(import_module(module), reader)  # out here: a reader that is missing is no photo's fault
    try:
        limits.check_bytes(data, name)
        image: ImageFile = kind(BytesIO(data))
        limits.check_header(image, name, max_pixels)
        colour.check_mode(image)
        yield image
    except PhotoError:
        raise
    except MemoryError:
        raise TooManyPixels("The picture needs more memory than there is to decode it.") from None
    except Exception as error:  # hostile bytes make readers raise nearly anything
        # Its traceback and this generator would hold each other, and the file, until the collector comes by.
        error.__traceback__ = None
        if "truncated" in str(error).lower():
            raise DamagedPhoto(f"The {name.upper()} file is cut off: its end is missing.") from error
        reason = " ".join(str(error).split())[:MAX_REASON].rstrip(".") or type(error).__name__
        raise DamagedPhoto(f"The {name.upper()} file is damaged: {reason}.") from error


def _scale(image: Image, turn: int, sizes: Collection[Size]) -> float:
    """Return the factor by which the picture shrinks for the largest of ``sizes``; 1 if there are none."""
    width, height = orientation.upright_size(image.size, turn)
    return max((scale_for(width, height, size) for size in sizes), default=1.0)


def _reduced(image: Image, scale: float) -> Image:
    """Average whole pixels where they shrink to half or less, so that all that follows has less to do."""
    factor = int(1 / scale)
    if factor < 2 or image.mode not in _REDUCIBLE or "transparency" in image.info:
        return image
    return image.reduce(factor)

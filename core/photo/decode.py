"""Turn uploaded bytes into an upright sRGB picture, or say in one sentence why that can't be.

Rules, whatever the format:

- The format is found by content (:mod:`core.photo.signature`) and only its own parser sees the bytes.
- What the file declares is held against the limits before a pixel is decoded (:mod:`core.photo.limits`), and
  the whole of it is decoded before it is trusted.
- EXIF orientation is baked in and colours become sRGB (:mod:`core.photo.colour`); no metadata is left.
- Of an animation or a file of several pages, the first picture is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO

from PIL.Image import Image
from PIL.ImageFile import ImageFile

from core.errors import DamagedPhoto, PhotoError, TooManyPixels
from core.job import Photo
from core.photo import colour, limits, orientation, signature
from core.photo.resize import scale_for
from core.recipe import Size

# Decoding at 1.5 times the wanted size or more costs no quality that can be seen after encoding.
HEADROOM = 1.5
PROBE = (Size("probe", 1, 1, "inside"),)


def inspect(data: bytes, max_pixels: int) -> Photo:
    """Return what the file holds, after decoding all of it at the smallest scale its format allows.

    Raises:
        PhotoError: The file can't be processed; the subclass and the sentence say why.
    """
    name = signature.identify(data)
    with _opened(data, name, max_pixels) as image:
        size, frames = image.size, limits.count_frames(image, name, data)
        width, height = orientation.upright_size(size, orientation.read(_loaded(image, PROBE)))
        return Photo(name, width, height, frames)


def decode(data: bytes, max_pixels: int, sizes: Iterable[Size] = ()) -> Image:
    """Return the upright picture as RGB, or RGBA if any of it is transparent.

    With ``sizes`` it may be smaller than the file's picture, where the format can be decoded at a reduced
    scale (JPEG), but at least :data:`HEADROOM` times as large as the largest of them needs.

    Raises:
        PhotoError: The file can't be processed; the subclass and the sentence say why.
    """
    name = signature.identify(data)
    with _opened(data, name, max_pixels) as image:
        loaded = _loaded(image, sizes)
        turn = orientation.read(loaded)
        return orientation.bake(colour.to_srgb(loaded), turn)


@contextmanager
def _opened(data: bytes, name: str, max_pixels: int) -> Iterator[ImageFile]:
    """Open the picture with its format's own reader; whatever a reader raises becomes a PhotoError."""
    module, reader = signature.READERS[name]
    try:
        limits.check_bytes(data, name)
        image: ImageFile = getattr(import_module(module), reader)(BytesIO(data))
        limits.check_header(image, max_pixels)
        colour.check_mode(image)
        yield image
    except PhotoError:
        raise
    except MemoryError:
        raise TooManyPixels("The picture needs more memory than there is to decode it.") from None
    except Exception as error:  # hostile bytes make readers raise nearly anything
        if "truncated" in str(error).lower():
            raise DamagedPhoto(f"The {name.upper()} file is cut off: its end is missing.") from error
        raise DamagedPhoto(f"The {name.upper()} file is damaged: {error or type(error).__name__}.") from error


def _loaded(image: ImageFile, sizes: Iterable[Size]) -> ImageFile:
    """Decode the picture, skipping detail that none of the ``sizes`` needs where the format allows it."""
    if image.format == "JPEG":
        width, height = orientation.upright_size(image.size, orientation.read(image))
        scale = max((scale_for(width, height, size) for size in sizes), default=1.0) * HEADROOM
        image.draft(None, (int(image.width * scale) + 1, int(image.height * scale) + 1))
    image.load()
    return image

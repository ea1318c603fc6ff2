"""Turn uploaded bytes into an upright sRGB picture, or say in one sentence why that can't be.

Rules, whatever the format:

- The format is found by content (:mod:`core.photo.signature`) and only its own parser sees the bytes.
- The declared size is checked before a pixel is decoded; the whole file is decoded before it is trusted.
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
from core.photo import orientation, signature
from core.photo.colour import to_srgb
from core.photo.frames import count_frames
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
        width, height = orientation.upright_size(image)
        frames = count_frames(image, name, data)
        _reduce(image, PROBE)
        image.load()
        to_srgb(image)
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
        turn = orientation.read(image)
        _reduce(image, sizes)
        image.load()
        return orientation.bake(to_srgb(image), turn)


@contextmanager
def _opened(data: bytes, name: str, max_pixels: int) -> Iterator[ImageFile]:
    """Open the picture with its format's own reader; whatever a reader raises becomes a PhotoError."""
    module, reader = signature.READERS[name]
    try:
        image: ImageFile = getattr(import_module(module), reader)(BytesIO(data))
        if image.width * image.height > max_pixels:
            raise TooManyPixels(
                f"The picture has {image.width} x {image.height} pixels; at most {max_pixels:,} are accepted."
            )
        yield image
    except PhotoError:
        raise
    except MemoryError:
        raise TooManyPixels("The picture needs more memory than there is to decode it.") from None
    except Exception as error:  # hostile bytes make readers raise nearly anything
        raise DamagedPhoto(f"The {name} file is damaged: {error or type(error).__name__}.") from error


def _reduce(image: ImageFile, sizes: Iterable[Size]) -> None:
    """Tell the format's decoder to skip detail that none of the ``sizes`` needs."""
    width, height = orientation.upright_size(image)
    scale = max((scale_for(width, height, size) for size in sizes), default=1.0) * HEADROOM
    if scale < 1:
        image.draft(None, (int(image.width * scale) + 1, int(image.height * scale) + 1))

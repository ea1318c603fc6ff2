"""The output formats, one module each, found by name.

A module defines ``EXTENSION``, ``CONTENT_TYPE``, ``TRANSPARENCY`` (whether the format supports transparency),
``LOSSLESS`` and ``encode(image, settings)``, which returns the same bytes for the same picture on every
machine and writes no metadata except the given copyright. A format that supports animations also defines
``animate(film, settings)``. A format that needs more or less memory than :data:`BYTES_PER_PIXEL` defines
``bytes_per_pixel(quality, opaque)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, cast

from PIL.Image import Exif, Image

from core import registry
from core.errors import PhotoError, RecipeError, TwinlensError
from core.photo import copyright
from core.photo.film import Film
from core.recipe import AUTO, OutputFormat

# The peak memory of encoding per pixel, unless the format's module defines its own. It includes the smaller
# files that are tried where an output may not have more bytes than the photo.
BYTES_PER_PIXEL = 60
# The memory per pixel of all frames while an animation is encoded.
BYTES_PER_ANIMATED_PIXEL = 16

# From this quality on, every pixel keeps its own colour, as in libvips and ImageMagick. Below, 2 x 2 pixels
# share one, which saves 14 to 25 % of the bytes; at these qualities, other losses are more visible.
FULL_CHROMA = 90


@dataclass(frozen=True)
class Settings:
    """How to encode; a format ignores settings that do not apply to it.

    ``quality`` is 1 to 100. ``progressive`` lets a JPEG appear coarse first. ``effort``, 0 to 6, is the time
    spent on a smaller WebP. ``background`` replaces transparency where the format has none. ``copyright`` is
    written into the file. ``small`` saves bytes at any cost in time.
    """

    quality: int = 80
    progressive: bool = True
    effort: int = 4  # libwebp's own default
    background: str = "#ffffff"
    copyright: str = ""
    small: bool = False

    @property
    def subsampling(self) -> str:
        """The chroma subsampling, for formats that support it."""
        return "4:4:4" if self.quality >= FULL_CHROMA else "4:2:0"

    def exif(self) -> bytes:
        """Return the EXIF block that holds the copyright; empty if there is none."""
        if not self.copyright:
            return b""
        tags = Exif()
        tags[copyright.TAG] = self.copyright.encode()
        return tags.tobytes()


@dataclass(frozen=True)
class Encoded:
    """A picture's bytes, with their file extension and content type."""

    data: bytes
    extension: str
    content_type: str


class Format(Protocol):
    """The interface of a format module."""

    EXTENSION: str
    CONTENT_TYPE: str
    TRANSPARENCY: bool
    LOSSLESS: bool

    def encode(self, image: Image, settings: Settings) -> bytes:
        """Return the file's bytes."""


class AnimatedFormat(Format, Protocol):
    """The interface of a format module that supports animations."""

    def animate(self, film: Film, settings: Settings) -> bytes:
        """Return the file's bytes."""


def names() -> tuple[str, ...]:
    """Return the names of all formats."""
    return registry.names(__name__)


def load(name: str) -> Format:
    """Return the format.

    Raises:
        RecipeError: There is no such format.
    """
    return cast(Format, registry.load(__name__, name, RecipeError))


def bytes_per_pixel(output: OutputFormat, *, opaque: bool) -> int:
    """Return the peak memory of encoding in bytes per pixel; "auto" tries several formats and qualities."""
    if output.format == AUTO:
        return max(_bytes_per_pixel(name, 100, opaque) for name in names())
    return _bytes_per_pixel(output.format, output.quality, opaque)


def _bytes_per_pixel(name: str, quality: int, opaque: bool) -> int:
    own: Callable[[int, bool], int] | None = getattr(load(name), "bytes_per_pixel", None)
    return own(quality, opaque) if own else BYTES_PER_PIXEL


def animated() -> tuple[str, ...]:
    """Return the names of the formats that support animations."""
    return tuple(name for name in names() if hasattr(load(name), "animate"))


def encode(name: str, image: Image, settings: Settings) -> Encoded:
    """Return the picture in the format of this name.

    Raises:
        PhotoError: The encoder can't write this picture.
    """
    kind = load(name)
    with _named(name):
        return Encoded(kind.encode(image, settings), kind.EXTENSION, kind.CONTENT_TYPE)


def animate(name: str, film: Film, settings: Settings) -> Encoded:
    """Return the animation in the format of this name, which must be one of :func:`animated`.

    Raises:
        PhotoError: The encoder can't write these pictures.
    """
    kind = cast(AnimatedFormat, load(name))
    with _named(name):
        return Encoded(kind.animate(film, settings), kind.EXTENSION, kind.CONTENT_TYPE)


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Turn any exception of an encoder into an error of this photo, so that a batch continues."""
    try:
        yield
    except TwinlensError:
        raise
    except MemoryError:
        raise PhotoError(f"Writing the picture as {name.upper()} needs more memory than there is.") from None
    except Exception as error:  # encoders raise various exceptions for unsuitable pictures
        raise PhotoError(f"The picture can't be written as {name.upper()}.") from error

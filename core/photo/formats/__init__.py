"""The output formats, one file each, found by name.

A format file holds ``EXTENSION``, ``CONTENT_TYPE`` and ``encode(image, quality)``, which returns the same
bytes for the same picture and writes no metadata.
"""

from __future__ import annotations

from typing import Protocol, cast

from PIL.Image import Image

from core import registry
from core.errors import RecipeError


class Format(Protocol):
    """The shape of a format file."""

    EXTENSION: str
    CONTENT_TYPE: str

    def encode(self, image: Image, quality: int) -> bytes:
        """Return the file's bytes; ``quality`` is 1 to 100."""


def names() -> tuple[str, ...]:
    """Return the names of all formats."""
    return registry.names(__name__)


def load(name: str) -> Format:
    """Return the format.

    Raises:
        RecipeError: There is no such format.
    """
    return cast(Format, registry.load(__name__, name, RecipeError))

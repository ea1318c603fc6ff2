"""What a recipe asks for: sizes, filters and output formats, read from a small TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.errors import RecipeError

RECIPES = Path(__file__).parent.parent / "recipes"
Fit = Literal["inside", "cover"]


@dataclass(frozen=True)
class Size:
    """A box in pixels, and how a photo goes into it; a photo is never enlarged."""

    name: str
    width: int
    height: int
    fit: Fit


@dataclass(frozen=True)
class FilterCall:
    """A filter's name and the parameters it is called with."""

    name: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class OutputFormat:
    """An encoder's name ("jpeg", "webp") and its quality, 1 to 100."""

    format: str
    quality: int


@dataclass(frozen=True)
class Recipe:
    """Everything that is made of one photo.

    ``sizes`` become plain renditions; ``filters``, if any, make one more, called ``filtered``, in the box
    of the first size. Every rendition is written in every one of ``outputs``.
    """

    name: str
    sizes: tuple[Size, ...]
    filters: tuple[FilterCall, ...]
    outputs: tuple[OutputFormat, ...]

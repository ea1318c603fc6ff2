"""The cases that the search tries: how to write a file, and the recipe to process it with."""

from __future__ import annotations

import math
import random
from dataclasses import asdict, dataclass, replace
from typing import Any

from core import recipes
from core.photo import filters, formats
from core.recipe import Recipe

MODES = {
    "JPEG": ("RGB", "CMYK", "L"),
    "PNG": ("RGB", "RGBA", "P", "L", "I;16", "1", "LA"),
    "WEBP": ("RGB", "RGBA"),
    "GIF": ("P", "RGBA"),
    "TIFF": ("RGB", "RGBA", "CMYK", "I;16", "L", "P"),
    "BMP": ("RGB", "P", "L"),
    "AVIF": ("RGB", "RGBA"),
    "HEIF": ("RGB", "RGBA"),
    "crafted TIFF": ("1x8", "3x8", "4x8", "5x8", "1x16", "3x16", "4x16", "5x16"),
    "crafted JPEG": ("L", "YCbCr", "CMYK"),
    "crafted PNG": ("0x16", "2x16", "4x16", "6x16", "2x8", "3x8"),
}
FILTERS: dict[str, dict[str, Any]] = {
    "brightness": {"factor": 1.5},
    "contrast": {"factor": 1.5},
    "rotate": {"degrees": 45.0},
    "round_corners": {"radius": 0.5},
    "saturation": {"factor": 1.5},
    "stamp": {"picture": "twinlens.png", "position": "tiled", "width": 1.0},
    "tint": {"colour": "#804020"},
    "watermark": {"text": "Twinlens", "height": 0.5, "position": "tiled"},
}


@dataclass(frozen=True)
class Case:
    """How a file is written, and the outputs made from it, in a recipe's terms."""

    kind: str
    mode: str
    size: tuple[int, int]
    frames: int
    turned: bool
    profile: bool
    dense: bool
    plain: bool
    sizes: tuple[tuple[int, int, str], ...]
    filters: tuple[str, ...]
    outputs: tuple[tuple[str, int], ...]
    effort: int


def drawn(chance: random.Random, pixels: int, kinds: tuple[str, ...]) -> Case:
    """Return a random case whose file and sizes have at most about this many pixels."""
    kind = chance.choice(kinds)
    many = chance.random() < 0.15 and kind in {"GIF", "WEBP", "PNG", "AVIF"}
    frames = chance.randint(2, 12) if many else 1
    return Case(
        kind,
        chance.choice(MODES[kind]),
        _extent(chance, pixels // frames, 60_000 if kind in {"PNG", "TIFF", "BMP"} else 16_000),
        frames,
        chance.random() < 0.3,
        chance.random() < 0.3,
        chance.random() < 0.5,
        chance.random() < 0.2,
        tuple(_box(chance, pixels // 4 // frames) for _ in range(chance.randint(1, 3))),
        tuple(chance.choices(filters.names(), k=chance.randint(0, 2))),
        tuple({(chance.choice((*formats.names(), "auto")), chance.choice((40, 80, 95))) for _ in range(2)}),
        chance.choice(range(7)),
    )


def changed(case: Case, chance: random.Random, pixels: int) -> Case:
    """Return the case with one random property replaced."""
    other = drawn(chance, pixels, (case.kind,))
    name = chance.choice([each for each in asdict(case) if each != "kind"])
    if name in {"size", "frames", "sizes"}:  # these depend on each other
        return replace(case, size=other.size, frames=other.frames, sizes=other.sizes)
    return replace(case, **{name: getattr(other, name)})


def _extent(chance: random.Random, pixels: int, longest: int) -> tuple[int, int]:
    shape = math.exp(chance.gauss(0, 1.5))
    width = min(longest, max(1, round(math.sqrt(pixels * shape))))
    return width, min(longest, max(1, pixels // width))


def _box(chance: random.Random, pixels: int) -> tuple[int, int, str]:
    width, height = _extent(chance, max(64, round(pixels * chance.random() ** 2)), 8000)
    return width, height, chance.choice(("inside", "cover", "contain", "exact"))


def recipe(case: Case) -> Recipe:
    """Return the recipe of the case."""
    moving = formats.animated()
    table = {
        "sizes": [
            {"name": f"s{number}", "width": width, "height": height, "fit": fit}
            for number, (width, height, fit) in enumerate(case.sizes)
        ],
        "filters": [{"name": name, **FILTERS.get(name, {})} for name in case.filters],
        "outputs": [
            {
                "format": name,
                "quality": quality,
                **({"animation": "keep"} if name in moving else {}),
                **({"effort": case.effort} if name == "webp" else {}),
            }
            for name, quality in dict(case.outputs).items()
        ],
    }
    return recipes.parse("worst", table)

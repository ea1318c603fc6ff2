"""Write text into a picture with one font, which is the same on every machine.

The font is DejaVu Sans 2.37 (its licence is beside it): Latin with its accents, Greek, Cyrillic and more.
Letters are set one after the other, since a function's runtime lacks the libraries that shape and reorder
text. Right-to-left text, combining marks and letters that the font lacks are therefore refused when the
recipe is read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from PIL import ImageFont
from PIL.Image import Image, new
from PIL.ImageDraw import Draw

from core.parameters import Rule

FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
Align = Literal["left", "center", "right"]
_RIGHT_TO_LEFT = {"R", "AL", "AN", "RLE", "RLO", "RLI"}
_NO_LETTER = "\U0010ffff"  # the font draws this like every letter that it lacks


@dataclass(frozen=True)
class Writable(Rule):
    """Text, in one or more lines, that can be written from left to right with the font."""

    def holds(self, value: str) -> bool:
        """Return whether every character can be written, and at least one is visible."""
        return not unwritable(value) and bool(value.strip())

    def detail(self, value: str) -> str:
        """Name the characters that can't be written."""
        named = ", ".join(
            f"{each!a}" if not each.isprintable() else f"'{each}'" for each in unwritable(value)
        )
        return f"; it can't write {named}" if named else ""

    def __str__(self) -> str:
        return " that DejaVu Sans can write from left to right"


def unwritable(text: str) -> list[str]:
    """Return the characters of ``text`` that can't be written, each once."""
    return [each for each in dict.fromkeys(_composed(text)) if each != "\n" and not _writable(each)]


@dataclass(frozen=True)
class Lines:
    """Lines of text in one size, in pixels."""

    text: str
    font: ImageFont.FreeTypeFont
    outline: int
    align: Align

    @classmethod
    def fitting(cls, text: str, size: float, room: tuple[int, int], align: Align = "left") -> Lines:
        """Return the text with letters of ``size`` pixels, or smaller so that it fits into ``room``."""
        lines = cls._of(text, size, align)
        width, height = lines.extent
        scale = min(1.0, room[0] / max(1, width), room[1] / max(1, height))
        return lines if scale == 1 else cls._of(text, max(4.0, size * scale), align)

    @classmethod
    def _of(cls, text: str, size: float, align: Align) -> Lines:
        font = ImageFont.truetype(FONT, size, layout_engine=ImageFont.Layout.BASIC)
        return cls(_composed(text), font, max(1, round(size / 20)), align)

    @property
    def extent(self) -> tuple[int, int]:
        """Width and height of what is drawn, in pixels."""
        left, top, right, bottom = self._box()
        return max(1, right - left), max(1, bottom - top)

    def drawn(self, alpha: int) -> Image:
        """Return the text in white with a dark outline of half the opacity, on a transparent background."""
        left, top, *_ = self._box()
        made = new("RGBA", self.extent)
        Draw(made).multiline_text(
            (-left, -top),
            self.text,
            font=self.font,
            fill=(255, 255, 255, alpha),
            stroke_width=self.outline,
            stroke_fill=(0, 0, 0, alpha // 2),
            align=self.align,
        )
        return made

    def _box(self) -> tuple[int, int, int, int]:
        edges: Iterable[float] = Draw(new("L", (1, 1))).multiline_textbbox(
            (0, 0), self.text, font=self.font, stroke_width=self.outline, align=self.align
        )
        left, top, right, bottom = (round(edge) for edge in edges)
        return left, top, right, bottom


def _composed(text: str) -> str:
    """Return the text with accents joined to their letters (Unicode's NFC), without blank lines around it."""
    return unicodedata.normalize("NFC", text).strip("\n")


@cache
def _writable(character: str) -> bool:
    if unicodedata.bidirectional(character) in _RIGHT_TO_LEFT or unicodedata.category(character)[0] in "CM":
        return False
    return _shape(character) != _shape(_NO_LETTER)


@cache
def _shape(character: str) -> tuple[tuple[int, int], bytes]:
    mask = ImageFont.truetype(FONT, 32, layout_engine=ImageFont.Layout.BASIC).getmask(character)
    return mask.size, bytes(mask)

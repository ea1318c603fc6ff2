"""A part of a file, common to all formats."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A part of a file: its kind, as its format writes that, and its content."""

    kind: bytes
    content: bytes


Parts = list[Part]

"""Versions as tuples of numbers."""

from __future__ import annotations

import re

type Version = tuple[int, ...]


def parse(text: str) -> Version | None:
    """Return the first version number in a text (``go1.26.8``, ``v20.20.2``), or ``None``."""
    found = re.search(r"\d+(?:\.\d+)+", text)
    return tuple(map(int, found.group().split("."))) if found else None


def show(version: Version) -> str:
    """Return the version as text."""
    return ".".join(map(str, version))

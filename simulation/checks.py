"""Checks of the values of a workload file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.mistakes import nearest


class Mistake(ValueError):
    """A value that a key must not have."""


type Check = Callable[[Any], Any]


def number(low: float, high: float) -> Check:
    """Accept a number in a range."""

    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Mistake("must be a number")
        if not low <= value <= high:
            raise Mistake(f"must be from {low:,g} to {high:,g}")
        return float(value)

    return check


def whole(low: int, high: int) -> Check:
    """Accept a whole number in a range."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Mistake("must be a whole number")
        if not low <= value <= high:
            raise Mistake(f"must be from {low:,} to {high:,}")
        return value

    return check


def one_of(*known: str) -> Check:
    """Accept one of the known words."""

    def check(value: Any) -> str:
        if value not in known:
            raise Mistake(f"must be one of {', '.join(known)}{suggested(value, known)}")
        return str(value)

    return check


def flag(value: Any) -> bool:
    """Accept true or false."""
    if not isinstance(value, bool):
        raise Mistake("must be true or false")
    return value


def text(value: Any) -> str:
    """Accept a text that is not empty."""
    if not isinstance(value, str) or not value:
        raise Mistake("must be a text")
    return value


def suggested(given: Any, known: Any) -> str:
    """Return the end of a sentence that suggests the nearest known name, if one is near."""
    near = nearest(given, known)
    return f"; did you mean {near!r}?" if near else ""

"""Report each step and how long it took; standard library alone, since nothing is installed yet."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str) -> None:
    """Write one line to standard error, at once."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def seconds(duration: float) -> str:
    """Format a duration in seconds: ``0.4 s``, ``12 s``, ``3 min 05 s``."""
    if duration < 10:
        return f"{duration:.1f} s"
    if duration < 60:
        return f"{duration:.0f} s"
    minutes, rest = divmod(round(duration), 60)
    return f"{minutes} min {rest:02d} s"


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step, and report how long it took when it is done."""
    say(f"· {title} ...")
    begun = time.monotonic()
    yield
    say(f"  done in {seconds(time.monotonic() - begun)}")

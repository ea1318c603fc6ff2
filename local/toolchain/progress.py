"""Report each step, how long it took and what stopped it; uses only the standard library."""

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


def unusable(error: OSError) -> str:
    """Return what a set-up says that stops at a file or folder, as in a read-only checkout."""
    what, why = error.filename or "a file", error.strerror or str(error)
    return (
        f"Set-up failed: {what} can't be used: {why.lower()}. "
        "Set-up writes into the checkout: make its folder writable, or run it in a copy elsewhere."
    )


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step, and report how long it took when it is done."""
    say(f"· {title} ...")
    begun = time.monotonic()
    yield
    say(f"  done in {seconds(time.monotonic() - begun)}")

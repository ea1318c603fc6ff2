"""A breaker before a failing store: a worker that met it a few times in a row asks no more for a moment.

A function is paid for while it waits for a store that does not answer. While the breaker is open, calls fail
at once; after the pause all are let through again, and one that is served closes it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.errors import StoreUnavailable

FAILURES = 3
# Less than what lies between two tries of a step (3 s and more, if no jitter shortens it).
PAUSE_SECONDS = 2.0


class Breaker:
    """One worker's memory of how a store fared; good for several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.close()

    def close(self) -> None:
        """Let everything through until there are failures again."""
        self._failures = 0
        self._open_until = float("-inf")

    @property
    def is_open(self) -> bool:
        """Whether a call would be refused now."""
        return self._clock() < self._open_until

    @contextmanager
    def guarding(self, what: str) -> Iterator[None]:
        """Let a call about ``what`` through, or refuse it, and remember how it went.

        Raises:
            StoreUnavailable: The store failed :data:`FAILURES` calls in a row, less than
                :data:`PAUSE_SECONDS` ago.
        """
        if self.is_open:
            raise StoreUnavailable(
                f"No request was sent to the store for {what}: it failed {self._failures} calls in a row."
            )
        try:
            yield
        except StoreUnavailable:
            self._failures += 1
            if self._failures >= FAILURES:
                self._open_until = self._clock() + PAUSE_SECONDS
            raise
        except Exception:
            self.close()  # an answer all the same
            raise
        self.close()

"""A circuit breaker for a failing store: after several failures in a row, a worker pauses its requests.

A function is billed while it waits for a store that does not answer. While the breaker is open, calls fail
immediately; after the pause all calls are let through again, and the first success closes the breaker.
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
    """The circuit breaker of one worker for one store; thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.close()

    def close(self) -> None:
        """Close the breaker: let all calls through until failures occur again."""
        self._failures = 0
        self._open_until = float("-inf")

    @property
    def is_open(self) -> bool:
        """Whether a call would be rejected now."""
        return self._clock() < self._open_until

    @contextmanager
    def guarding(self, what: str) -> Iterator[None]:
        """Let a call about ``what`` through, or reject it, and record its outcome.

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
            self.close()  # the store answered, even if with an error
            raise
        self.close()

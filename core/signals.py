"""Convert termination signals to an exception, for commands, not for a cloud's functions."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ending_politely() -> Iterator[None]:
    """Convert SIGTERM and SIGHUP to an exception during a block, so that ``finally`` blocks run."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    requests = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(request, lambda number, _: sys.exit(128 + number)) for request in requests]
    try:
        yield
    finally:
        for request, handler in zip(requests, before, strict=True):
            signal.signal(request, handler)

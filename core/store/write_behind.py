"""Write-behind: a step continues while its puts are still being written."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from core import chaos
from core.ports import ObjectStore, Upload

THREADS = 4
# Limit of the bytes in flight: enough for any common picture, and a small part of a worker's memory.
MOST_BYTES = 16 * 2**20


class WriteBehind:
    """Run the puts of one step in the background; all are complete after :meth:`finish`.

    At most :data:`THREADS` files with :data:`MOST_BYTES` in total (or one larger file) are held in memory.
    The error of a put, the first if there are several, is raised by a later call. No thread outlives the
    block.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._threads = ThreadPoolExecutor(THREADS, "upload")
        self._under_way: dict[str, tuple[Future[None], int]] = {}  # with their bytes, the oldest first

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for the puts in progress and ignore their errors, since there is an error already."""
        self._threads.shutdown()

    def get(self, key: str, max_bytes: int, upload: Upload | None = None) -> bytes:
        """See :meth:`core.ports.ObjectStore.get`; waits for a put of the object in progress."""
        self._wait(lambda: key in self._under_way)
        return self._store.get(key, max_bytes, upload)

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Begin to write the object, once there is room for it; see :meth:`core.ports.ObjectStore.put`."""
        self._wait(lambda: key in self._under_way or self._full(len(data)) or self._oldest().done())
        # In a copy of the step's context, so that it sees the same context variables.
        put = self._threads.submit(chaos.apart().run, self._store.put, key, data, content_type)
        self._under_way[key] = put, len(data)

    def finish(self) -> None:
        """Wait until all puts are complete."""
        self._wait(lambda: True)

    def _wait(self, needed: Callable[[], bool]) -> None:
        """Wait for puts, one after another, while necessary, and raise the error of one."""
        while self._under_way and needed():
            oldest = self._oldest()
            del self._under_way[next(iter(self._under_way))]
            oldest.result()

    def _oldest(self) -> Future[None]:
        return next(iter(self._under_way.values()))[0]

    def _full(self, more: int) -> bool:
        held = sum(size for _, size in self._under_way.values())
        return len(self._under_way) == THREADS or held + more > MOST_BYTES

"""An object store that measures how long a step waits for it."""

from __future__ import annotations

from core.ports import ObjectStore, Upload
from core.trace import Stopwatch


class TimedStore:
    """Pass every call on to ``store`` and count its time and bytes."""

    def __init__(self, store: ObjectStore, stopwatch: Stopwatch) -> None:
        self._store = store
        self._stopwatch = stopwatch

    def get(self, key: str, max_bytes: int, upload: Upload | None = None) -> bytes:
        """See :meth:`core.ports.ObjectStore.get`."""
        with self._stopwatch.waiting("download"):
            data = self._store.get(key, max_bytes, upload)
        self._stopwatch.bytes_in += len(data)
        return data

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """See :meth:`core.ports.ObjectStore.put`."""
        with self._stopwatch.waiting("upload"):
            self._store.put(key, data, content_type)
        self._stopwatch.bytes_out += len(data)

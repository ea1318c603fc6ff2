"""Read several byte strings as one file, without copying them."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate


class Joined(io.RawIOBase):
    """A file that concatenates the parts; wrap it in :class:`io.BufferedReader`."""

    def __init__(self, parts: Iterable[bytes | memoryview]) -> None:
        self._parts = [memoryview(each) for each in parts if len(each)]
        self._ends = list(accumulate(map(len, self._parts)))
        self._at = 0

    def readable(self) -> bool:
        """Return that the file is readable."""
        return True

    def seekable(self) -> bool:
        """Return that the file is seekable."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Set the position."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._ends[-1] if self._ends else 0}
        self._at = max(0, base[whence] + offset)
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer from the current part; return the number of bytes, 0 at the end."""
        number = bisect_right(self._ends, self._at)
        if number == len(self._parts):
            return 0
        part = self._parts[number]
        begin = self._at - (self._ends[number] - len(part))
        count = min(len(buffer), len(part) - begin)
        buffer[:count] = part[begin : begin + count]
        self._at += count
        return count


def joined(parts: Iterable[bytes | memoryview]) -> io.BufferedReader:
    """Return the parts as one file."""
    return io.BufferedReader(Joined(parts))

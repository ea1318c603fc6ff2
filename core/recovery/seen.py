"""A set of uploads in a fixed amount of memory, for looks at millions of them."""

from __future__ import annotations

import hashlib
import os
import zlib
from typing import Self

MEGABYTES = 64
HASHES = 8
SALT = 16  # bytes


class Seen:
    """A Bloom filter: what was added is always in it; something else is in it once in a while, by chance.

    With 64 MB that is 1 in 7 million at 10 million uploads, and 1 in 8 at 100 million. Every filter has its
    own salt, so that what one takes for another upload, the next one does not.
    """

    def __init__(self, megabytes: int) -> None:
        self._bits = bytearray(megabytes * 2**20)
        self._salt = os.urandom(SALT)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the filter that :meth:`to_bytes` described.

        Raises:
            ValueError: It is no such description.
        """
        seen = cls(0)
        try:
            seen._salt, seen._bits = data[:SALT], bytearray(zlib.decompress(data[SALT:]))
        except zlib.error as error:
            raise ValueError(str(error)) from None
        return seen

    def to_bytes(self) -> bytes:
        """Return the filter, packed: a few MB for a million uploads."""
        return self._salt + zlib.compress(self._bits, level=1)

    def add(self, key: str, etag: str) -> None:
        """Add the upload of this key and etag."""
        for place in self._places(key, etag):
            self._bits[place >> 3] |= 1 << (place & 7)

    def __contains__(self, upload: tuple[str, str]) -> bool:
        """Return whether the upload of this key and etag was added, or seems so by chance."""
        return all(self._bits[place >> 3] >> (place & 7) & 1 for place in self._places(*upload))

    def _places(self, key: str, etag: str) -> list[int]:
        """Return the upload's bits: double hashing, Kirsch and Mitzenmacher 2008."""
        text = f"{etag}\n{key}".encode(errors="surrogatepass")
        digest = hashlib.blake2b(text, digest_size=16, salt=self._salt).digest()
        first, second = int.from_bytes(digest[:8]), int.from_bytes(digest[8:]) | 1
        mask = (1 << (len(self._bits) * 8).bit_length() - 1) - 1  # of the largest power of two
        return [(first + number * second) & mask for number in range(HASHES)]

"""A set of uploads in a fixed amount of memory, for looks at millions of them."""

from __future__ import annotations

import hashlib
import os

MEGABYTES = 64
HASHES = 8


class Seen:
    """A Bloom filter: what was added is always in it; something else is in it once in a while, by chance.

    With 64 MB that is 1 in 7 million at 10 million uploads, and 1 in 8 at 100 million. Every filter has its
    own salt, so that what one takes for another upload, the next one does not.
    """

    def __init__(self, megabytes: int = MEGABYTES) -> None:
        self._bits = bytearray(megabytes * 2**20)
        self._mask = 1
        while self._mask * 2 <= len(self._bits) * 8:
            self._mask *= 2
        self._mask -= 1
        self._salt = os.urandom(16)

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
        return [(first + number * second) & self._mask for number in range(HASHES)]

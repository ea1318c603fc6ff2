"""The colour space of a PNG: ``cICP`` precedes ``iCCP``, then ``sRGB``, then ``gAMA`` and ``cHRM``.

The order is that of the PNG specification, third edition, section 4.3. A broken chunk counts as missing.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from struct import error, unpack

from core.photo import cicp, colour
from core.photo.icc import SRGB_CURVE, SRGB_PRIMARIES, Curve, Primaries, colour_profile, gray_profile

CHUNKS = (b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM")
_RGB_MATRIX, _FULL_RANGE = 0, 1
_INTENTS = range(4)
_SCALE = 100_000
# Tolerances: two percent of gamma, a thousandth of a chromaticity. Closer values count as sRGB's.
_SRGB_GAMMA, _NEAR_GAMMA, _NEAR_POINT = 45_455, 910, 0.001


class Colours:
    """The colour space that the ancillary chunks declare, by their types."""

    def __init__(self, chunks: Mapping[bytes, bytes], *, gray: bool) -> None:
        self._chunks, self._gray = chunks, gray
        points = chunks.get(b"cICP", b"")
        self._points = points if len(points) == 4 and self._holds(points) else b""

    @staticmethod
    def _holds(points: bytes) -> bool:
        primaries, transfer, matrix, _ = points
        return matrix == _RGB_MATRIX and cicp.is_known(primaries, transfer)

    @property
    def narrow(self) -> bool:
        """Whether black is 16 and white 235."""
        return bool(self._points) and self._points[3] != _FULL_RANGE

    def profile(self) -> bytes | None:
        """Return the ICC profile; ``None`` for sRGB.

        Raises:
            UnsupportedFormat: The colours are high dynamic range.
        """
        if self._points:
            return cicp.profile(self._points[0], self._points[1], gray=self._gray)
        if (embedded := self._embedded()) and colour.fits(embedded, gray=self._gray):
            return embedded
        intent = self._chunks.get(b"sRGB", b"")
        return None if len(intent) == 1 and intent[0] in _INTENTS else self._from_numbers()

    def _embedded(self) -> bytes:
        _, _, compressed = self._chunks.get(b"iCCP", b"").partition(b"\0")
        if compressed[:1] != b"\0":  # the only compression method
            return b""
        try:
            return zlib.decompressobj().decompress(compressed[1:], colour.MAX_PROFILE_BYTES + 1)
        except zlib.error:
            return b""

    def _from_numbers(self) -> bytes | None:
        gamma, curve = self._chunks.get(b"gAMA", b""), SRGB_CURVE
        value = int.from_bytes(gamma) if len(gamma) == 4 else 0
        if not value:
            return None  # browsers ignore primaries without a gamma
        if abs(value - _SRGB_GAMMA) > _NEAR_GAMMA:
            curve = Curve((_SCALE / value,))
        if self._gray:
            return None if curve == SRGB_CURVE else gray_profile(curve)
        primaries = self._primaries()
        if curve == SRGB_CURVE and primaries == SRGB_PRIMARIES:
            return None
        try:
            return colour_profile(primaries, curve)
        except (ArithmeticError, error):
            return None

    def _primaries(self) -> Primaries:
        chunk = self._chunks.get(b"cHRM", b"")
        if len(chunk) != 32:
            return SRGB_PRIMARIES
        numbers = [each / _SCALE for each in unpack(">8I", chunk)]
        white, red, green, blue = zip(numbers[::2], numbers[1::2], strict=True)
        declared = Primaries(white, red, green, blue)
        srgb = [each for point in vars(SRGB_PRIMARIES).values() for each in point]
        near = all(abs(one - two) <= _NEAR_POINT for one, two in zip(numbers, srgb, strict=True))
        return SRGB_PRIMARIES if near else declared

"""Make ICC profiles from the primaries and the curve of files that have no profile (ICC.1:2022).

All colours are then converted to sRGB in the same way, however the file declares them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack

Matrix = Sequence[Sequence[float]]
Point = tuple[float, float]

_D50 = (0.9642, 1.0, 0.8249)
_HEADER_BYTES = 128
# Bradford's cone response (ICC.1:2022, annex E).
_CONES = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))


@dataclass(frozen=True)
class Curve:
    """The curve from sample to light, both 0 to 1: parameters of ICC.1's function 0 or 3, or a table."""

    parameters: tuple[float, ...] = ()
    table: tuple[float, ...] = ()

    def encoded(self) -> bytes:
        """Return the curve as an ICC tag."""
        if self.table:
            values = (round(65_535 * each) for each in self.table)
            return b"curv\0\0\0\0" + pack(f">I{len(self.table)}H", len(self.table), *values)
        kind = {1: 0, 5: 3}[len(self.parameters)]
        return b"para\0\0\0\0" + pack(">HH", kind, 0) + b"".join(map(_s15f16, self.parameters))


SRGB_CURVE = Curve((2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))


@dataclass(frozen=True)
class Primaries:
    """The chromaticities x, y of white, red, green and blue."""

    white: Point
    red: Point
    green: Point
    blue: Point


D65 = (0.3127, 0.3290)
SRGB_PRIMARIES = Primaries(D65, (0.640, 0.330), (0.300, 0.600), (0.150, 0.060))


def colour_profile(primaries: Primaries, curve: Curve) -> bytes:
    """Return an RGB profile.

    Raises:
        ZeroDivisionError: The primaries do not span a gamut.
    """
    columns = _columns(primaries)
    tags = [(name, _xyz(columns[at])) for at, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))]
    tags += [(name, curve.encoded()) for name in (b"rTRC", b"gTRC", b"bTRC")]
    return _profile(b"RGB ", tags)


def gray_profile(curve: Curve) -> bytes:
    """Return a grayscale profile."""
    return _profile(b"GRAY", [(b"kTRC", curve.encoded())])


def _columns(primaries: Primaries) -> list[tuple[float, ...]]:
    """Return the XYZ of red, green and blue, adapted to D50 as profiles require."""
    white = [each / primaries.white[1] for each in _whole(primaries.white)]
    rgb = [_whole(each) for each in (primaries.red, primaries.green, primaries.blue)]
    amounts = _product(_inverse(_transposed(rgb)), white)
    cones = [
        wanted / had for wanted, had in zip(_product(_CONES, _D50), _product(_CONES, white), strict=True)
    ]
    back = _inverse(_CONES)
    columns = []
    for column, amount in zip(rgb, amounts, strict=True):
        seen = _product(_CONES, [each * amount for each in column])
        columns.append(_product(back, [each * cone for each, cone in zip(seen, cones, strict=True)]))
    return columns


def _whole(point: Point) -> tuple[float, float, float]:
    x, y = point
    return x, y, 1 - x - y


def _product(matrix: Matrix, vector: Sequence[float]) -> tuple[float, ...]:
    return tuple(sum(one * two for one, two in zip(row, vector, strict=True)) for row in matrix)


def _transposed(matrix: Matrix) -> Matrix:
    return list(zip(*matrix, strict=True))


def _inverse(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    cofactors = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    return [[each / determinant for each in row] for row in cofactors]


def _profile(space: bytes, tags: list[tuple[bytes, bytes]]) -> bytes:
    text = "declared".encode("utf-16-be")
    described = b"mluc\0\0\0\0" + pack(">II", 1, 12) + b"enUS" + pack(">II", len(text), 28) + text
    tags = [(b"desc", described), (b"cprt", described), (b"wtpt", _xyz(_D50)), *tags]
    at, table, body = _HEADER_BYTES + 4 + 12 * len(tags), b"", b""
    for name, data in tags:
        data += bytes(-len(data) % 4)
        table += name + pack(">II", at + len(body), len(data))
        body += data
    size = at + len(body)
    head = pack(">I", size) + bytes(4) + b"\x04\x40\0\0mntr" + space + b"XYZ " + bytes(12) + b"acsp"
    head = (head + bytes(28) + _xyz(_D50)[8:]).ljust(_HEADER_BYTES, b"\0")
    return head + pack(">I", len(tags)) + table + body


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(map(_s15f16, values))


def _s15f16(value: float) -> bytes:
    return pack(">i", round(value * 65_536))

"""Colour spaces as code points (ITU-T H.273, tables 2 and 3): PNG's ``cICP``, ISO media's ``nclx``."""

from __future__ import annotations

from functools import lru_cache

from core.errors import UnsupportedFormat
from core.photo.icc import D65, SRGB_CURVE, SRGB_PRIMARIES, Curve, Primaries, colour_profile, gray_profile

_C = (0.310, 0.316)
_E = (1 / 3, 1 / 3)
_PRIMARIES = {
    1: SRGB_PRIMARIES,
    4: Primaries(_C, (0.67, 0.33), (0.21, 0.71), (0.14, 0.08)),
    5: Primaries(D65, (0.64, 0.33), (0.29, 0.60), (0.15, 0.06)),
    6: Primaries(D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
    7: Primaries(D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
    8: Primaries(_C, (0.681, 0.319), (0.243, 0.692), (0.145, 0.049)),
    9: Primaries(D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    10: Primaries(_E, (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)),
    11: Primaries((0.314, 0.351), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    12: Primaries(D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    22: Primaries(D65, (0.630, 0.340), (0.295, 0.605), (0.155, 0.077)),
}
_STEPS = 1024


def _sampled(decades: float) -> Curve:
    """Return the logarithmic curve over this many decades (H.273, transfer characteristics 9 and 10)."""
    return Curve(table=(0.0, *(10 ** (decades * (step / (_STEPS - 1) - 1)) for step in range(1, _STEPS))))


_CURVES = {
    # Video curves count as sRGB's, as in browsers' AVIF: pictures labelled so are nearly always sRGB.
    **dict.fromkeys((1, 6, 11, 12, 13, 14, 15), SRGB_CURVE),
    4: Curve((2.2,)),
    5: Curve((2.8,)),
    7: Curve((1 / 0.45, 1 / 1.1115, 0.1115 / 1.1115, 1 / 4, 4 * 0.0228)),
    8: Curve((1.0,)),
    9: _sampled(2),
    10: _sampled(2.5),
    17: Curve(table=tuple(min(1.0, 52.37 / 48 * (step / (_STEPS - 1)) ** 2.6) for step in range(_STEPS))),
}
_HDR = {16: "PQ", 18: "HLG"}


def is_known(primaries: int, transfer: int) -> bool:
    """Return whether these code points define a colour space."""
    return primaries in _PRIMARIES and (transfer in _CURVES or transfer in _HDR)


@lru_cache(maxsize=16)
def profile(primaries: int, transfer: int, *, gray: bool = False) -> bytes | None:
    """Return the ICC profile of these code points; ``None`` for sRGB, the default for unspecified ones.

    Raises:
        UnsupportedFormat: The picture is high dynamic range; how to show it on other screens is not settled.
    """
    if transfer in _HDR:
        raise UnsupportedFormat(
            f"HDR pictures ({_HDR[transfer]}) are not accepted; send one of the standard dynamic range."
        )
    space = _PRIMARIES.get(primaries, SRGB_PRIMARIES)
    curve = _CURVES.get(transfer, SRGB_CURVE)
    if curve == SRGB_CURVE and (gray or space == SRGB_PRIMARIES):
        return None
    return gray_profile(curve) if gray else colour_profile(space, curve)

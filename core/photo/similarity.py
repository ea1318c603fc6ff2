"""Measure how similar two pictures look, using only Pillow."""

from __future__ import annotations

from typing import Any

from PIL.Image import Image, Resampling
from PIL.ImageMath import lambda_eval

from core.photo.alpha import flatten

WINDOW = 8
# The weights of luma and the two chroma channels, the latter at half their width and height (Wang, Lu and
# Bovik, Video quality assessment based on structural distortion measurement, 2004).
LUMA, CHROMA = 0.8, 0.1
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def similarity(one: Image, two: Image) -> float:
    """Return the structural similarity (SSIM) of two pictures of one size; 1 if they are equal.

    As Wang, Bovik, Sheikh and Simoncelli defined it (2004), over windows of 8 x 8 pixels that don't overlap,
    as the weighted mean of luma and chroma. Transparency is shown on white.
    """
    channels = zip(*(flatten(each).convert("YCbCr").split() for each in (one, two)), strict=True)
    luma, *chroma = channels
    return LUMA * _ssim(*luma) + sum(CHROMA * _ssim(*(each.reduce(2) for each in pair)) for pair in chroma)


def _ssim(one: Image, two: Image) -> float:
    """Return the mean similarity of two channels."""
    x, y = one.convert("F"), two.convert("F")
    mean_x, mean_y = x.reduce(WINDOW), y.reduce(WINDOW)

    def covariance(a: Image, b: Image, mean_a: Image, mean_b: Image) -> Any:
        product = lambda_eval(lambda given: given["a"] * given["b"], a=a, b=b).reduce(WINDOW)
        return lambda_eval(lambda given: given["p"] - given["a"] * given["b"], p=product, a=mean_a, b=mean_b)

    def ssim(given: dict[str, Any]) -> Any:
        mx, my = given["mx"], given["my"]
        likeness = (2 * mx * my + _C1) * (2 * given["xy"] + _C2)
        return likeness / ((mx * mx + my * my + _C1) * (given["xx"] + given["yy"] + _C2))

    windows = lambda_eval(
        ssim,
        mx=mean_x,
        my=mean_y,
        xx=covariance(x, x, mean_x, mean_x),
        yy=covariance(y, y, mean_y, mean_y),
        xy=covariance(x, y, mean_x, mean_y),
    )
    mean = windows.resize((1, 1), Resampling.BOX).getpixel((0, 0))
    return float(mean)

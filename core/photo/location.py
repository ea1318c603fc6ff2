"""Whether a file tells where its photo was taken (EXIF 2.32, 4.6.6: the GPS tags)."""

from __future__ import annotations

from PIL.Image import Image

TAG = 0x8825  # the pointer to the directory with the GPS tags
_PLACE = frozenset({2, 4})  # GPSLatitude and GPSLongitude


def known(image: Image) -> bool:
    """Return whether the EXIF of a decoded picture has a latitude or a longitude."""
    try:
        return not _PLACE.isdisjoint(image.getexif().get_ifd(TAG))
    except Exception:  # broken EXIF is common in valid photos, and may raise any exception
        return False

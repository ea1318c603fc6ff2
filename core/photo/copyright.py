"""Read the copyright notice, the only piece of metadata that may be kept."""

from __future__ import annotations

from contextlib import suppress

from PIL.Image import Image

TAG = 0x8298  # EXIF 2.32, 4.6.5
MAX_LENGTH = 200


def read(image: Image) -> str:
    """Return the EXIF copyright of a decoded picture, cut to its first printable characters; often empty."""
    try:
        value = image.getexif().get(TAG)
    except Exception:  # broken EXIF is common in valid photos, and may raise any exception
        return ""
    return printable(value) if isinstance(value, str) else ""


def printable(value: str) -> str:
    """Return the first printable characters of a text that was decoded as Latin-1."""
    with suppress(UnicodeError):
        value = value.encode("latin-1").decode()  # Pillow decodes as Latin-1 what cameras write as UTF-8
    printable = "".join(each if each.isprintable() else " " for each in value)
    return " ".join(printable.split())[:MAX_LENGTH].rstrip()

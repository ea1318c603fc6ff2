"""Which uploads start a job: the same rule on both clouds."""

from __future__ import annotations

# The extension only decides whether a job starts; what the file is, is decided by its content.
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif")

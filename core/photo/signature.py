"""Identify a file's format by its first bytes; its name and declared type are ignored."""

from __future__ import annotations

from importlib.util import find_spec

from core.errors import EmptyFile, NotAPhoto, UnsupportedFormat
from core.photo import refused

# The formats that are read: each has a module of its name in core/photo/reading/.
FORMATS = ["jpeg", "png", "webp", "gif", "tiff", "bmp", "avif"]
# Also read where the extra "heic" is installed. Its library is under the GPL, so it is not a core dependency.
if find_spec("pillow_heif"):
    FORMATS.append("heic")

_JPEG_LS = b"\xff\xd8\xff\xf7"
_CANON = b"CR\x02\x00"
_PHASE_ONE, _PHASE_ONE_RAW = {b"IIII", b"MMMM"}, (b"waR", b"Raw")
_PREFIXES = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
)
_BMP_HEADER_SIZES = {12, 16, 40, 52, 56, 64, 108, 124}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


def identify(data: bytes) -> str:
    """Return the format's name, a key of :data:`FORMATS`.

    Raises:
        EmptyFile: The file has no bytes.
        UnsupportedFormat: The bytes are a picture in a known format that is not supported.
        NotAPhoto: The bytes are not a picture in any known format.
    """
    if not data:
        raise EmptyFile("The file is empty.")
    name = _name(data)
    if name is None:
        raise NotAPhoto(f"The file is not an image; send one of {', '.join(FORMATS)}.")
    if name not in FORMATS:
        raise UnsupportedFormat(
            f"The file is {name}, which is not accepted; send one of {', '.join(FORMATS)}."
        )
    return name


def _name(data: bytes) -> str | None:
    if data.startswith(_JPEG_LS):
        return refused.name(data)
    for prefix, name in _PREFIXES:
        if data.startswith(prefix):
            raw = name == "tiff" and _is_raw(data)
            return refused.RAW if raw else name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BMP_HEADER_SIZES:
        return "bmp"
    if data[4:8] == b"ftyp":
        return _iso_media(data)
    return refused.name(data)


def _is_raw(data: bytes) -> bool:
    """Return whether a TIFF file's header continues like those of Canon's or Phase One's cameras."""
    mark, version = data[8:12], data[12:16]
    return mark == _CANON or (mark in _PHASE_ONE and any(each in version for each in _PHASE_ONE_RAW))


def _iso_media(data: bytes) -> str:
    """Tell AVIF from HEIF, raw files and videos by the brands of the ``ftyp`` box (ISO/IEC 14496-12, 4.3)."""
    box = data[8 : min(int.from_bytes(data[:4]), 256)]
    brands = {box[at : at + 4] for at in range(0, len(box), 4)}
    if brands & {b"avif", b"avis"}:
        return "avif"
    if brands & _HEIF_BRANDS:
        return "heic" if "heic" in FORMATS else "HEIC"
    return refused.RAW if b"crx " in brands else "a video"

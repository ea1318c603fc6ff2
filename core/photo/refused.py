"""Name the picture formats that are not supported, so that a refusal says what was sent.

They include all formats that Pillow can read, and other files that are often mistaken for photos.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress

# Raw formats of cameras, whatever their container.
RAW = "a camera's raw file"
_LOOKED_AT = 65_536
_ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# What may precede an XML document's first element: white space, declarations, comments, a doctype.
_PROLOGUE = r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*+"
_ROOT_SVG = re.compile(_PROLOGUE + r"<(?:[\w.-]+:)?svg[\s/>]", re.DOTALL)
_ROOT_HTML = re.compile(
    r"(?:\s+|<\?.*?\?>|<!--.*?-->)*+<(?:!doctype\s+html|html)[\s>]", re.DOTALL | re.IGNORECASE
)

_PREFIXES = {
    "an XV thumbnail": (b"P7 332",),  # must precede the other anymaps
    # Raw files of Fujifilm, Panasonic, Olympus, Canon (before 2004), Minolta and Sigma; others are TIFF or
    # ISO media.
    RAW: (
        b"FUJIFILMCCD-RAW",
        b"IIU\x00",
        *(b"IIRO", b"IIRS", b"MMOR"),
        b"II\x1a\x00\x00\x00HEAPCCDR",
        b"\x00MRM",
        b"FOVb",
    ),
    "a cursor": (b"\x00\x00\x02\x00",),
    "a GIMP document": (b"gimp xcf",),
    "a PDF": (b"%PDF-",),
    "a Photoshop document": (b"8BPS",),
    "a Pixar raster": (b"\x80\xe8\x00\x00",),
    "a portable anymap": (*(b"P%d" % kind for kind in range(1, 8)), b"PF", b"Pf"),
    "a Sun raster": (b"\x59\xa6\x6a\x95",),
    "a ZIP archive": (b"PK\x03\x04",),
    "a video": (b"\x00\x00\x01\xb3", b"\x00\x00\x01\xba", b"\x1a\x45\xdf\xa3"),
    "a Windows metafile": (b"\xd7\xcd\xc6\x9a", b"\x01\x00\x00\x00"),
    "an icon": (b"\x00\x00\x01\x00", b"icns"),
    "BigTIFF": (b"II+\x00", b"MM\x00+"),
    "BPG": (b"BPG\xfb",),
    "BLP": (b"BLP1", b"BLP2"),
    "BUFR": (b"BUFR", b"ZCZC"),
    "DjVu": (b"AT&TFORM",),
    "DCX": (b"\xb1\x68\xde\x3a",),
    "DDS": (b"DDS ",),
    "FITS": (b"SIMPLE  =",),
    "FLIF": (b"FLIF",),
    "FTEX": (b"FTEX",),
    "GRIB": (b"GRIB",),
    "HDF5": (b"\x89HDF\r\n\x1a\n",),
    "JPEG 2000": (b"\x00\x00\x00\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"),
    "JPEG LS": (b"\xff\xd8\xff\xf7",),
    "JPEG XR": (b"II\xbc\x01",),
    "JPEG XL": (b"\x00\x00\x00\x0cJXL \r\n\x87\n", b"\xff\x0a"),
    "JNG": (b"\x8bJNG\r\n\x1a\n",),
    "MNG": (b"\x8aMNG\r\n\x1a\n",),
    "McIdas": (b"\x00\x00\x00\x00\x00\x00\x00\x04",),
    "MSP": (b"DanM", b"LinS"),
    "OpenEXR": (b"v/1\x01",),
    "PCX": tuple(bytes((10, version, 1)) for version in (0, 2, 3, 4, 5)),
    "PostScript": (b"%!PS", b"\xc5\xd0\xd3\xc6"),
    "QOI": (b"qoif",),
    "Radiance HDR": (b"#?RADIANCE", b"#?RGBE"),
    "SGI": (b"\x01\xda",),
    "XBM": (b"#define ",),
    "XPM": (b"/* XPM */",),
    # A bitmap as Windows keeps it in memory: a header without the preceding "BM".
    "DIB": tuple(struct.pack("<L", size) for size in (12, 40, 52, 56, 64, 108, 124)),
}


def _fli(data: bytes) -> bool:
    return data[4:6] in (b"\x11\xaf", b"\x12\xaf") and data[14:16] in (b"\x00\x00", b"\x03\x00")


def _gimp_brush(data: bytes) -> bool:
    size, version = int.from_bytes(data[:4]), int.from_bytes(data[4:8])
    return 20 <= size < 4096 and version in (1, 2)


def _im(data: bytes) -> bool:
    return re.match(rb"(Image type|Name|Comment|Image size[^:]*|File size[^:]*): ", data) is not None


def _imt(data: bytes) -> bool:
    return re.match(rb"(\*.*\n)?(width|height) \d+", data) is not None


def _iptc(data: bytes) -> bool:
    return data[0] == 0x1C and data[1] in (*range(1, 10), 240)


def _photo_cd(data: bytes) -> bool:
    return data[2048:2052] == b"PCD_"


def _spider(data: bytes) -> bool:
    """Check a header of floating-point numbers: its type, and that all counts are whole."""
    if len(data) < 92:
        return False
    for order in "><":
        header = struct.unpack_from(f"{order}23f", data)
        counts = [header[at] for at in (0, 1, 4, 11, 12, 21, 22)]
        if all(abs(each) < 2**31 and each == int(each) for each in counts) and header[4] in {1, 3, -11, -12}:
            return bool(header[0] > 0 and header[11] > 0)
    return False


def _svg(data: bytes) -> bool:
    return _ROOT_SVG.match(_text(data)) is not None


def _html(data: bytes) -> bool:
    return _ROOT_HTML.match(_text(data)) is not None


def _text(data: bytes) -> str:
    """Return the beginning of a text, compressed or in any of the encodings that XML parsers must support."""
    start = data[:_LOOKED_AT]
    if start.startswith(b"\x1f\x8b"):
        with suppress(zlib.error):
            start = zlib.decompressobj(wbits=31).decompress(start, _LOOKED_AT)
    for mark, encoding in _ENCODINGS:
        if start.startswith(mark):
            return start.decode(encoding, "replace").lstrip("\ufeff")
    # Without a byte order mark, UTF-16 text must begin with an ASCII character.
    wide = {(False, True): "utf-16-le", (True, False): "utf-16-be"}
    zeros = start[:1] == b"\0", start[1:2] == b"\0"
    return start.decode(wide.get(zeros, "latin-1"), "replace")


def _dicom(data: bytes) -> bool:
    return data[128:132] == b"DICM"


def _later_pdf(data: bytes) -> bool:
    return b"%PDF-" in data[:1024]  # readers accept the marker anywhere in here


def _targa(data: bytes) -> bool:
    if b"TRUEVISION-XFILE" in data[-26:]:
        return True
    width, height = struct.unpack_from("<HH", data, 12)
    kind = data[1] in (0, 1) and data[2] in (1, 2, 3, 9, 10, 11) and data[16] in (1, 8, 16, 24, 32)
    return kind and width > 0 and height > 0


# These formats have no unique first bytes.
_RULES: dict[str, Callable[[bytes], bool]] = {
    "SVG": _svg,
    "a web page": _html,
    "a PDF": _later_pdf,
    "DICOM": _dicom,
    "FLI": _fli,
    "a GIMP brush": _gimp_brush,
    "IM": _im,
    "IM Tools": _imt,
    "IPTC": _iptc,
    "Photo CD": _photo_cd,
    "Targa": _targa,
    "SPIDER": _spider,
}


def name(data: bytes) -> str | None:
    """Return the format's name for a person; ``None`` if the format is unknown."""
    for known, prefixes in _PREFIXES.items():
        if data.startswith(prefixes):
            return known
    enough = data if len(data) >= 20 else data.ljust(20, b"\xff")
    return next((known for known, holds in _RULES.items() if holds(enough)), None)

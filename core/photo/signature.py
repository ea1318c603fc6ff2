"""Tell a file's format by its first bytes; its name and declared type are never asked."""

from __future__ import annotations

from core.errors import EmptyFile, NotAPhoto, UnsupportedFormat

# Format -> where Pillow reads it. Only the plugin of the format found is imported and sees the bytes.
READERS = {
    "jpeg": ("PIL.JpegImagePlugin", "JpegImageFile"),
    "png": ("PIL.PngImagePlugin", "PngImageFile"),
    "webp": ("PIL.WebPImagePlugin", "WebPImageFile"),
    "gif": ("PIL.GifImagePlugin", "GifImageFile"),
    "tiff": ("PIL.TiffImagePlugin", "TiffImageFile"),
    "bmp": ("PIL.BmpImagePlugin", "BmpImageFile"),
    "avif": ("PIL.AvifImagePlugin", "AvifImageFile"),
}

_PREFIXES = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"8BPS", "a Photoshop document"),
    (b"%PDF-", "a PDF"),
    (b"%!PS", "PostScript"),
    (b"<svg", "SVG"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"v/1\x01", "OpenEXR"),
    (b"qoif", "QOI"),
    (b"DDS ", "DDS"),
    (b"FUJIFILMCCD-RAW", "a camera's raw file"),
    (b"II+\x00", "BigTIFF"),
    (b"MM\x00+", "BigTIFF"),
    (b"\x00\x00\x02\x00", "a cursor"),
    (b"icns", "an icon"),
    (b"SIMPLE  =", "FITS"),
    (b"/* XPM */", "XPM"),
    (b"#define ", "XBM"),
    (b"\x01\xda", "SGI"),
    (b"\x59\xa6\x6a\x95", "a Sun raster"),
    (b"\x0a\x05\x01", "PCX"),
    (b"\xd7\xcd\xc6\x9a", "a Windows metafile"),
    *((b"P%d" % kind, "a portable anymap") for kind in range(1, 8)),
)
_BMP_HEADER_SIZES = {12, 16, 40, 52, 56, 64, 108, 124}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


def identify(data: bytes) -> str:
    """Return the format's name, a key of :data:`READERS`.

    Raises:
        EmptyFile: There are no bytes.
        UnsupportedFormat: The bytes are a picture of a known kind that is not read here.
        NotAPhoto: The bytes are no picture of any known kind.
    """
    if not data:
        raise EmptyFile("The file is empty.")
    name = _name(data)
    if name is None:
        raise NotAPhoto(f"The file is not an image; send one of {', '.join(READERS)}.")
    if name not in READERS:
        raise UnsupportedFormat(
            f"The file is {name}, which is not accepted; send one of {', '.join(READERS)}."
        )
    return name


def _name(data: bytes) -> str | None:
    for prefix, name in _PREFIXES:
        if data.startswith(prefix):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BMP_HEADER_SIZES:
        return "bmp"
    if data[4:8] == b"ftyp":
        return _iso_media(data)
    return None


def _iso_media(data: bytes) -> str:
    """Tell AVIF from HEIF, raw files and videos by the brands of the ``ftyp`` box (ISO/IEC 14496-12, 4.3)."""
    box = data[8 : min(int.from_bytes(data[:4]), 256)]
    brands = {box[at : at + 4] for at in range(0, len(box), 4)}
    if brands & {b"avif", b"avis"}:
        return "avif"
    if brands & _HEIF_BRANDS:
        return "HEIC"
    return "a camera's raw file" if b"crx " in brands else "a video"

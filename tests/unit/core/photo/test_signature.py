import gzip
import struct

import pytest
from PIL import Image

from core.errors import EmptyFile, NotAPhoto, UnsupportedFormat
from core.photo import signature
from core.photo.decode import decode
from core.photo.signature import FORMATS, identify

# The beginnings of what Pillow reads but doesn't write.
BEGINNINGS = {
    "BUFR": b"BUFR",
    "CUR": b"\0\0\2\0\1\0",
    "DCX": b"\xb1\x68\xde\x3a",
    "FITS": b"SIMPLE  =                    T",
    "FLI": b"\x80\0\0\0\x12\xaf\1\0\x08\0\x08\0\x08\0\3\0",
    "FTEX": b"FTEX",
    "GBR": struct.pack(">LLLLL", 28, 2, 8, 8, 1) + b"GIMP",
    "GRIB": b"GRIB\0\0\0\1",
    "HDF5": b"\x89HDF\r\n\x1a\n",
    "IMT": b"width 8\nheight 8\n\x0c",
    "IPTC": b"\x1c\2\5\0",
    "MCIDAS": b"\0\0\0\0\0\0\0\4",
    "MPEG": b"\0\0\1\xb3",
    "PCD": bytes(2048) + b"PCD_",
    "PIXAR": b"\x80\xe8\0\0",
    "PSD": b"8BPS\0\1",
    "QOI": b"qoif",
    "SUN": b"\x59\xa6\x6a\x95",
    "WMF": b"\xd7\xcd\xc6\x9a\0\0",
    "XPM": b"/* XPM */",
    "XVTHUMB": b"P7 332",
}
Image.init()


def begun(kind: str, encode) -> bytes:
    """Return a file of this format, or at least its beginning."""
    if kind in BEGINNINGS:
        accepts = Image.OPEN[kind][1]
        assert accepts is None or accepts(BEGINNINGS[kind] + bytes(100))
        return BEGINNINGS[kind] + bytes(100)
    mode = {"XBM": "1", "MSP": "1", "BLP": "P", "SPIDER": "F"}.get(kind, "RGB")
    return encode(Image.new(mode, (16, 16)), kind, **({"blp_version": "BLP2"} if kind == "BLP" else {}))


@pytest.mark.parametrize("kind", sorted(Image.OPEN))
def test_all_that_pillow_reads_is_taken_or_refused_by_name(encode, kind: str) -> None:
    data = begun(kind, encode)
    if kind.lower() in {*FORMATS, "heif"}:
        assert decode(data, 1000).size == (16, 16)
    else:
        with pytest.raises(UnsupportedFormat, match=r"^The file is [\w' ]+, which is not accepted; send "):
            identify(data)


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"heic"}))
def test_every_accepted_format_is_found_by_its_content(encode, name: str) -> None:
    assert identify(encode(Image.new("RGB", (8, 8)), name.upper())) == name


@pytest.mark.parametrize("order", ["II", "MM"])
def test_tiff_may_have_either_byte_order(order: str) -> None:
    assert identify({"II": b"II*\0", "MM": b"MM\0*"}[order] + bytes(8)) == "tiff"


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"\xff\x0a", "JPEG XL"),
        (b"8BPS\0\1", "a Photoshop document"),
        (b"%PDF-1.7", "a PDF"),
        (b"<svg xmlns=", "SVG"),
        (b"\0\0\0\x18ftypisom\0\0\0\0mp42", "a video"),
        (b"\0\0\0\x18ftypcrx \0\0\0\0crx ", "a camera's raw file"),
        (b"II+\0\x08\0\0\0", "BigTIFF"),
        (b"P6 2 2 255", "a portable anymap"),
        (b"\0\0\1\0\1\0", "an icon"),
        (b"IIU\0\x18\0\0\0", "a camera's raw file"),
        (b"IIRO\x08\0\0\0", "a camera's raw file"),
        (b"IIRS\x08\0\0\0", "a camera's raw file"),
        (b"MMOR\0\0\0\x08", "a camera's raw file"),
        (b"FUJIFILMCCD-RAW 0201", "a camera's raw file"),
        (b"II*\0\x10\0\0\0CR\2\0", "a camera's raw file"),
        (b"MM\0*\0\0\0\x10MMMMRaw\1", "a camera's raw file"),
        (b"\0MRM\0\1\2\3", "a camera's raw file"),
        (b"FOVb\0\0\2\0", "a camera's raw file"),
        (b"\xff\xd8\xff\xf7", "JPEG LS"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"\xff\x4f\xff\x51", "JPEG 2000"),
        (b"II\xbc\1", "JPEG XR"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "PostScript"),
        (b"\xc5\xd0\xd3\xc6", "PostScript"),
        (b"\xef\xbb\xbf%PDF-1.4", "a PDF"),
        (b"PK\3\4", "a ZIP archive"),
        (b"<!DOCTYPE html><html><svg>", "a web page"),
        (b"\n<html lang='en'>", "a web page"),
    ],
)
def test_other_pictures_are_refused_by_name(start: bytes, name: str) -> None:
    with pytest.raises(
        UnsupportedFormat, match=f"^The file is {name}, which is not accepted; send one of jpeg, png"
    ):
        identify(start + bytes(64))


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
DOCTYPE = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "before",
    [
        "",
        "\n  ",
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        "<!-- made by hand, <html> or not -->",
        DOCTYPE,
        '<?xml version="1.0"?>\n<!-- a --><!-- b -->\n' + DOCTYPE + "\n",
        '<!DOCTYPE svg [ <!ENTITY ns "http://www.w3.org/2000/svg"> ]>',
    ],
)
def test_svg_is_known_whatever_stands_before_it(before: str, encoding: str) -> None:
    for root in (SVG, SVG.replace("<svg", "<svg:svg")):
        for data in (text := (before + root).encode(encoding), gzip.compress(text)):
            with pytest.raises(UnsupportedFormat, match="The file is SVG, which is not accepted"):
                identify(data)


def test_other_xml_is_no_picture() -> None:
    with pytest.raises(NotAPhoto):
        identify(b'<?xml version="1.0"?><rss><!-- <svg> --></rss>')


@pytest.mark.parametrize(
    "data",
    [
        b"x",
        b"BM and then some text that is no header",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"\xff\xd8",
    ],
)
def test_anything_else_is_no_photo(data: bytes) -> None:
    with pytest.raises(NotAPhoto, match="is not an image"):
        identify(data)


def test_no_bytes_are_no_photo() -> None:
    with pytest.raises(EmptyFile, match="empty"):
        identify(b"")


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


def test_heic_is_refused_by_name_where_its_reader_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert identify(HEIC) == "heic"
    monkeypatch.setattr(signature, "FORMATS", [each for each in FORMATS if each != "heic"])
    with pytest.raises(UnsupportedFormat, match="The file is HEIC, which is not accepted"):
        identify(HEIC)

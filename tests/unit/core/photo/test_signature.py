import pytest
from PIL import Image

from core.errors import EmptyFile, NotAPhoto, UnsupportedFormat
from core.photo.signature import READERS, identify


@pytest.mark.parametrize("name", READERS)
def test_every_accepted_format_is_found_by_its_content(encode, name: str) -> None:
    assert identify(encode(Image.new("RGB", (8, 8)), name.upper())) == name


@pytest.mark.parametrize("order", ["II", "MM"])
def test_tiff_may_have_either_byte_order(order: str) -> None:
    assert identify({"II": b"II*\0", "MM": b"MM\0*"}[order] + bytes(8)) == "tiff"


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
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
    ],
)
def test_other_pictures_are_refused_by_name(start: bytes, name: str) -> None:
    with pytest.raises(
        UnsupportedFormat, match=f"^The file is {name}, which is not accepted; send one of jpeg, png"
    ):
        identify(start + bytes(64))


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

from io import BytesIO

import pytest
from PIL import Image

from core.photo import copyright, formats
from core.photo.decode import decode, inspect
from core.photo.formats import Settings


def photo(encode, value: object) -> bytes:
    exif = Image.Exif()
    exif[copyright.TAG] = value
    return encode(Image.new("RGB", (8, 8)), "JPEG", exif=exif)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("© 2026 Zoë".encode(), "© 2026 Zoë"),
        (b"\xa9 2026", "© 2026"),
        ("two\nlines\x1b[31m \u0000", "two lines [31m"),
        ("a" * 300, "a" * 200),
        ("", ""),
    ],
)
def test_it_is_read_as_a_short_printable_line(encode, value: object, read: str) -> None:
    assert inspect(photo(encode, value), 100).copyright == read


def test_broken_exif_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise SyntaxError("not a TIFF file")

    monkeypatch.setattr(Image.Image, "getexif", fail)
    assert copyright.read(Image.new("RGB", (8, 8))) == ""


@pytest.mark.parametrize("name", ["avif", "jpeg", "png", "webp"])
def test_a_format_with_exif_keeps_it_and_nothing_else(name: str) -> None:
    made = formats.encode(name, Image.new("RGB", (16, 16)), Settings(copyright="© 2026 Zoë"))
    assert inspect(made.data, 1000).copyright == "© 2026 Zoë"
    assert set(Image.open(BytesIO(made.data)).getexif()) == {copyright.TAG}
    assert not decode(made.data, 1000).info


def test_gif_which_has_no_exif_keeps_it_as_its_comment() -> None:
    made = formats.encode("gif", Image.new("RGB", (16, 16)), Settings(copyright="© 2026 Zoë"))
    assert Image.open(BytesIO(made.data)).info["comment"].decode() == "© 2026 Zoë"
    assert (
        "comment"
        not in Image.open(BytesIO(formats.encode("gif", Image.new("RGB", (9, 9)), Settings()).data)).info
    )

import struct
import time
import zlib

import pytest
from PIL import Image

from core.errors import DamagedPhoto, PhotoError
from core.photo import limits
from core.photo.containers import in_one_scan, parts
from core.photo.decode import inspect, read

EMPTY_CHUNK = struct.pack(">L", 0) + b"prVt" + struct.pack(">L", zlib.crc32(b"prVt"))


def test_the_parts_of_a_sound_file_are_its_own(encode) -> None:
    image = Image.new("RGB", (8, 8))
    assert list(parts(encode(image, "PNG"), "png")) == [b"IHDR", b"IDAT", b"IEND"]
    jpeg = list(parts(encode(image, "JPEG"), "jpeg"))
    assert (jpeg[0], jpeg[-1]) == (b"\xff\xe0", b"\xff\xda")
    assert list(parts(encode(image, "GIF"), "gif")) == [b","]
    assert list(parts(encode(image, "WEBP"), "webp")) == []


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_sequential_jpeg_is_decoded_in_one_scan_and_a_progressive_one_is_not(encode, mode: str) -> None:
    image = Image.new(mode, (8, 8))
    assert in_one_scan(encode(image, "JPEG"))
    assert not in_one_scan(encode(image, "JPEG", progressive=True))


def storm(encode, name: str, stuffing: bytes) -> bytes:
    """Return a sound file with thousands of useless parts behind its header."""
    data = encode(Image.new("L", (8, 8)), name)
    start = {"JPEG": 2, "PNG": 33, "GIF": 13 + (3 << ((data[10] & 7) + 1))}[name]
    return data[:start] + stuffing + data[start:]


@pytest.mark.parametrize(
    ("name", "stuffing"),
    [
        ("JPEG", b"\xff\xfe\0\2"),
        ("JPEG", b"\xff\xe1\0\x0aExif\0\0II"),
        ("JPEG", b"\xff"),
        ("JPEG", b"\xff\xd0"),
        ("PNG", EMPTY_CHUNK),
        ("GIF", b"!\xfe\0"),
        ("GIF", b"!\xfe" + b"\1a" * 10 + b"\0"),
        ("GIF", b"\1"),
    ],
)
def test_a_storm_of_parts_is_refused_and_a_breeze_is_not(
    encode, monkeypatch: pytest.MonkeyPatch, name: str, stuffing: bytes
) -> None:
    monkeypatch.setattr(limits, "MAX_PARTS", 500)
    assert inspect(storm(encode, name, stuffing * 40), 100).width == 8
    with pytest.raises(DamagedPhoto, match=f"^The {name} file has more than 500 parts; no photo has"):
        inspect(storm(encode, name, stuffing * 501), 100)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("name", "stuffing"), [("JPEG", b"\xff\xfe\0\2"), ("PNG", EMPTY_CHUNK), ("GIF", b"!\xfe\0")]
)
def test_megabytes_of_nothing_take_no_time(encode, name: str, stuffing: bytes) -> None:
    with pytest.raises(PhotoError):
        inspect(storm(encode, name, stuffing * (20 * 2**20 // len(stuffing))), 100)


@pytest.mark.parametrize(
    "label", [b"Exif\0\0", b"ICC_PROFILE\0\1\1", b"http://ns.adobe.com/xap/1.0/\0", b"nobody"]
)
def test_thousands_of_metadata_segments_take_no_longer_than_their_bytes(encode, label: bytes) -> None:
    image = Image.radial_gradient("L").resize((64, 48)).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encode(image, "JPEG", exif=exif)
    segment = label + bytes(294)
    after = data.index(b"\xff\xe1") + 2 + int.from_bytes(data[data.index(b"\xff\xe1") + 2 :][:2])
    marker = b"\xff\xe2" if label.startswith(b"ICC") else b"\xff\xe1"
    many = (marker + (len(segment) + 2).to_bytes(2) + segment) * 40_000
    began = time.process_time()
    photo, picture = read(data[:after] + many + data[after:], 10**6)
    assert time.process_time() - began < 2  # 16 s before
    assert (photo.width, photo.height) == (48, 64)
    assert picture.tobytes() == read(data, 10**6)[1].tobytes()

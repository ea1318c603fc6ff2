import random
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from core.errors import DamagedPhoto, PhotoError, TooManyPixels
from core.photo import decode as module
from core.photo.decode import DRAFT_HEADROOM, decode, inspect
from core.photo.resize import resize, scale_for
from core.recipe import Size

# Pillow warns of broken tags before it goes on without them.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

SAMPLES = Path(__file__).parents[4] / "samples"
BAD = {"truncated.jpg", "not-a-photo.jpg"}
GOOD = sorted(path for path in SAMPLES.iterdir() if path.suffix != ".md" and path.name not in BAD)
KINDS = ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF"]


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_every_sample_is_read(path: Path) -> None:
    data = path.read_bytes()
    photo = inspect(data, 10**8)
    picture = decode(data, 10**8, [Size("small", 100, 100, "inside")])
    assert picture.mode == ("RGBA" if path.name == "transparent.png" else "RGB")
    assert abs(picture.width / picture.height - photo.width / photo.height) < 0.01
    assert photo.frames == (8 if path.name == "animated.gif" else 1)


def test_the_samples_are_what_they_are_for() -> None:
    seen = {path.name: inspect(path.read_bytes(), 10**8) for path in GOOD}
    assert len(GOOD) + len(BAD) >= 8
    assert sum(path.stat().st_size for path in SAMPLES.iterdir()) <= 12_000_000
    assert (
        sum(photo.format == "jpeg" and photo.width * photo.height >= 6_000_000 for photo in seen.values())
        >= 2
    )
    assert seen["sideways.jpg"].height > seen["sideways.jpg"].width
    licences = (SAMPLES / "LICENSES.md").read_text()
    assert all(f"`{path.name}`" in licences for path in SAMPLES.iterdir() if path.suffix != ".md")


def test_the_bad_samples_are_refused_in_words() -> None:
    with pytest.raises(DamagedPhoto, match=r"^The JPEG file is cut off: its end is missing\.$"):
        inspect((SAMPLES / "truncated.jpg").read_bytes(), 10**8)
    with pytest.raises(PhotoError, match="is not an image"):
        inspect((SAMPLES / "not-a-photo.jpg").read_bytes(), 10**8)


@given(
    width=st.integers(1, 3000),
    height=st.integers(1, 3000),
    box=st.builds(
        Size, st.just("box"), st.integers(1, 900), st.integers(1, 900), st.sampled_from(["inside", "cover"])
    ),
)
@settings(max_examples=40)
def test_a_reduced_decode_is_as_large_as_its_sizes_need(width: int, height: int, box: Size) -> None:
    file = BytesIO()
    Image.new("L", (width, height)).save(file, "JPEG")
    picture = decode(file.getvalue(), 10**7, [box])
    wanted = min(1.0, scale_for(width, height, box) * DRAFT_HEADROOM)
    assert picture.width >= int(width * wanted)
    assert picture.height >= int(height * wanted)


def test_a_large_photo_is_decoded_at_a_reduced_scale(encode) -> None:
    data = encode(Image.new("RGB", (4000, 3000)), "JPEG")
    assert decode(data, 10**8, [Size("small", 300, 300, "inside")]).size == (500, 375)
    assert decode(data, 10**8).size == (4000, 3000)


def test_the_first_frame_is_the_photo(encode) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    for kind, options in (("GIF", {}), ("WEBP", {"lossless": True}), ("PNG", {}), ("TIFF", {})):
        data = encode(frames[0], kind, save_all=True, append_images=frames[1:], **options)
        assert decode(data, 100).getpixel((4, 4)) == (255, 0, 0)


def test_a_wrong_name_or_a_stowaway_does_not_matter(encode, colourful: Image.Image) -> None:
    data = encode(colourful, "PNG")
    stowaway = data + b"PK\x03\x04<script>alert(1)</script><?php"
    assert decode(stowaway, 10_000).tobytes() == decode(data, 10_000).tobytes()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9])
def test_a_truncated_file_is_damaged(encode, kind: str, share: float) -> None:
    noise = Image.effect_noise((64, 64), 90).convert("RGB")
    data = encode(noise, kind)
    start = data[: max(16, int(len(data) * share))]
    for read in (inspect, decode):
        with pytest.raises(DamagedPhoto, match=f"^The {kind} file is "):
            read(start, 10**6)


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_files_end_in_errors_of_our_own(encode, colourful: Image.Image, kind: str) -> None:
    chance = random.Random(kind)
    whole = encode(colourful, kind)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.2:
            data = data[: chance.randrange(len(data))]
        for read in (inspect, decode):
            try:
                read(bytes(data), 10**6)
                outcomes["read"] += 1
            except PhotoError:
                outcomes["refused"] += 1
    assert outcomes["refused"] > 0


@given(
    st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0", b"RIFF0000WEBP", b"BM"]),
    st.binary(),
)
def test_any_bytes_behind_a_good_start_end_in_errors_of_our_own(start: bytes, rest: bytes) -> None:
    with pytest.raises(PhotoError):
        inspect(start + rest, 10**6)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [(MemoryError(), TooManyPixels), (SyntaxError(), DamagedPhoto), (RecursionError("deep"), DamagedPhoto)],
)
def test_whatever_a_reader_raises_is_explained(
    encode, monkeypatch: pytest.MonkeyPatch, raised: Exception, expected: type[PhotoError]
) -> None:
    def fail(*_: object) -> None:
        raise raised

    monkeypatch.setattr(module.limits, "check_header", fail)
    with pytest.raises(expected):
        inspect(encode(Image.new("RGB", (8, 8)), "PNG"), 100)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P", "1"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_a_reduced_picture_ends_up_as_the_full_one_does(encode, kind: str, mode: str) -> None:
    photo = Image.open(SAMPLES / "mountain.jpg").crop((0, 0, 1600, 1200)).reduce(2)
    data = encode(photo.convert(mode), kind)
    box = Size("box", 100, 75, "inside")
    fast, full = resize(decode(data, 10**7, [box]), box), resize(decode(data, 10**7), box)
    assert fast.size == full.size
    assert max(ImageStat.Stat(ImageChops.difference(fast, full)).mean) < 1.5


def test_a_transparent_colour_survives_a_reduced_decode(encode) -> None:
    image = Image.new("RGB", (400, 400), "red")
    image.paste("blue", (0, 0, 200, 400))
    made = decode(encode(image, "PNG", transparency=(255, 0, 0)), 10**6, [Size("box", 40, 40, "inside")])
    assert (made.getpixel((10, 10))[3], made.getpixel((made.width - 10, 10))[3]) == (255, 0)


def test_a_readers_words_stay_inside(encode, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("PngImagePlugin.MAX_TEXT_CHUNK")

    monkeypatch.setattr(module.limits, "check_header", fail)
    with pytest.raises(DamagedPhoto, match=r"^The PNG file is damaged: its header can't be read\.$"):
        inspect(encode(Image.new("RGB", (8, 8)), "PNG"), 100)


def test_a_reader_that_is_missing_is_no_photo_s_fault(
    encode: Any, colourful: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encode(colourful, "PNG")
    monkeypatch.setitem(sys.modules, "core.photo.reading.png", None)
    with pytest.raises(ImportError):
        decode(data, 10**8)


@pytest.mark.parametrize("size", [(540, 10_000), (10_000, 540), (541, 2503), (499, 501)])
def test_what_is_left_over_at_an_end_is_no_wider_than_it_was(encode, size: tuple[int, int]) -> None:
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image = Image.merge("RGB", (image.getchannel(0), image.getchannel(0).rotate(180), image.getchannel(0)))
    image.paste("white", (size[0] - 9, 0, *size))
    box = Size("box", 400, 300) if max(size) > 2503 else Size("box", 100, 75)
    made = resize(decode(encode(image, "PNG"), 10**8, [box]), box, size)
    wanted = image.resize(made.size, Image.Resampling.LANCZOS)
    assert max(ImageStat.Stat(ImageChops.difference(made, wanted)).mean) < 1
    assert max(high for _, high in ImageChops.difference(made, wanted).getextrema()) < 24

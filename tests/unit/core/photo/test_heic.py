"""HEIC, where its reader is installed."""

import pytest
from PIL import Image, ImageChops, ImageStat

from core.errors import DamagedPhoto, TooManyPixels
from core.photo import budget, limits
from core.photo.decode import inspect, read

MODES = ["RGB", "RGBA", "L", "LA", "I;16"]


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_becomes_srgb(encode, colourful: Image.Image, mode: str) -> None:
    image = colourful.convert("I;16") if mode == "I;16" else colourful.convert(mode)
    if "A" in mode:
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    photo, picture = read(encode(image, "HEIF", quality=95), 10**6)
    assert (photo.format, photo.width, photo.height) == ("heic", 96, 64)
    assert picture.mode == ("RGBA" if "A" in mode else "RGB")
    if mode == "RGB":
        assert max(ImageStat.Stat(ImageChops.difference(picture, colourful)).mean) < 4


def test_its_orientation_is_baked_in(encode, colourful: Image.Image) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x8298] = 6, "Ada"
    photo, picture = read(encode(colourful, "HEIF", quality=95, exif=exif.tobytes()), 10**6)
    assert (photo.width, photo.height, photo.copyright) == (64, 96, "Ada")
    upright = colourful.transpose(Image.Transpose.ROTATE_270)
    assert max(ImageStat.Stat(ImageChops.difference(picture, upright)).mean) < 4


def test_the_first_of_several_is_the_photo_and_none_is_a_thumbnail(encode, colourful: Image.Image) -> None:
    several = encode(colourful, "HEIF", save_all=True, append_images=[colourful.rotate(180)], thumbnails=[32])
    photo, picture = read(several, 10**6)
    assert (photo.frames, picture.size) == (2, colourful.size)
    assert inspect(several, 10**6) == photo


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_a_truncated_one_is_damaged(encode, share: float) -> None:
    data = encode(Image.effect_noise((120, 120), 90).convert("RGB"), "HEIF")
    for look in (inspect, read):
        with pytest.raises(DamagedPhoto, match=r"^The HEIC file is "):
            look(data[: max(40, int(len(data) * share))], 10**6)


def test_its_limits_are_those_of_others(encode, monkeypatch: pytest.MonkeyPatch) -> None:
    data = encode(Image.new("RGB", (1024, 1024)), "HEIF")
    with pytest.raises(TooManyPixels, match="1024 x 1024"):
        inspect(data, 10**6)
    monkeypatch.setenv("TWINLENS_MEMORY_MB", str(limits.WORKER_MB + budget.DECODING["heic"] - 1))
    with pytest.raises(TooManyPixels, match="from HEIC takes 135 MB of memory"):
        inspect(data, 10**7)


def test_a_picture_of_another_size_than_declared_is_damaged(encode) -> None:
    declared = (64).to_bytes(4) + (64).to_bytes(4)
    data = encode(Image.effect_noise((128, 128), 90).convert("RGB"), "HEIF")
    size = b"ispe" + bytes(4) + (128).to_bytes(4) + (128).to_bytes(4)
    assert size in data
    with pytest.raises(DamagedPhoto):
        read(data.replace(size, b"ispe" + bytes(4) + declared), 10**6)

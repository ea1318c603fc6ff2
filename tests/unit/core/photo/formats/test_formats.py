from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from core.errors import RecipeError
from core.photo import formats
from core.photo.film import Film
from core.photo.formats import Settings, avif, jpeg, png, webp

SAMPLES = Path(__file__).parents[5] / "samples"


@pytest.mark.parametrize("name", formats.names())
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_every_format_writes_itself_the_same_each_time(name: str, mode: str, colourful: Image.Image) -> None:
    kind = formats.load(name)
    image = colourful.convert(mode)
    data = kind.encode(image, Settings(80))
    assert Image.open(BytesIO(data)).get_format_mimetype() == kind.CONTENT_TYPE
    assert kind.encode(image.copy(), Settings(80)) == data


@pytest.mark.parametrize("name", formats.names())
def test_no_format_writes_metadata(name: str, colourful: Image.Image) -> None:
    image = colourful.copy()
    exif = Image.Exif()
    exif[0x013B] = "a name nobody should see"
    image.info = {
        "comment": b"secret",
        "exif": exif.tobytes(),
        "xmp": b"<secret/>",
        "dpi": (72, 72),
        "icc_profile": b"p",
    }
    data = formats.load(name).encode(image, Settings(80))
    written = Image.open(BytesIO(data))
    written.load()
    assert not set(written.info) & {"exif", "xmp", "comment", "icc_profile"}
    assert not any(each in data for each in (b"secret", b"a name nobody should see"))


def test_quality_buys_likeness_with_bytes(colourful: Image.Image) -> None:
    noisy = Image.blend(colourful, Image.effect_noise(colourful.size, 80).convert("RGB"), 0.5)
    for kind in (jpeg, webp, avif):
        small, large = kind.encode(noisy, Settings(30)), kind.encode(noisy, Settings(90))
        assert len(small) < len(large)
        poor, good = (
            max(ImageStat.Stat(ImageChops.difference(noisy, Image.open(BytesIO(data)).convert("RGB"))).mean)
            for data in (small, large)
        )
        assert good < poor


def test_effort_saves_bytes_and_no_effort_costs_them() -> None:
    with Image.open(SAMPLES / "mountain.jpg") as file:
        photo = file.convert("RGB").resize((320, 240))
    none, usual, most = (len(webp.encode(photo, Settings(effort=effort))) for effort in (0, 4, 6))
    assert none > usual > most
    film = Film((photo, photo.rotate(180)), (100, 100))
    assert len(webp.animate(film, Settings(effort=0))) > len(webp.animate(film, Settings(effort=6)))


def test_jpeg_is_progressive_and_shows_white_through_transparency() -> None:
    data = jpeg.encode(Image.new("RGBA", (16, 16), (0, 0, 0, 0)), Settings(90))
    written = Image.open(BytesIO(data))
    assert written.info["progressive"]
    assert written.convert("RGB").getpixel((8, 8)) == (255, 255, 255)


def test_webp_keeps_transparency_and_png_everything(colourful: Image.Image) -> None:
    image = colourful.convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    assert Image.open(BytesIO(webp.encode(image, Settings(90)))).mode == "RGBA"
    assert Image.open(BytesIO(png.encode(image, Settings()))).tobytes() == image.tobytes()


def test_an_unknown_format_is_answered_with_the_known_ones() -> None:
    with pytest.raises(RecipeError, match=f"no format 'tga'; there are {', '.join(formats.names())}"):
        formats.load("tga")


@pytest.mark.parametrize("kind", [jpeg, avif])
def test_from_quality_90_on_every_pixel_has_its_own_colour(kind) -> None:
    stripes = Image.new("RGB", (64, 64), (255, 0, 0))
    for x in range(0, 64, 2):
        stripes.paste((0, 0, 255), (x, 0, x + 1, 64))
    for quality, sharp in ((89, False), (90, True)):
        made = Image.open(BytesIO(kind.encode(stripes, Settings(quality)))).convert("RGB")
        (red, _, blue), (other_red, _, other_blue) = made.getpixel((31, 32)), made.getpixel((32, 32))
        assert (red - other_red > 150 and other_blue - blue > 150) is sharp


@pytest.mark.parametrize("quality", [80, 90, 94, 95, 100])
@pytest.mark.parametrize("progressive", [True, False])
def test_noise_becomes_a_jpeg_however_many_bytes_it_takes(quality: int, progressive: bool) -> None:
    noise = Image.frombytes("RGB", (700, 700), Random(1).randbytes(3 * 700 * 700))
    data = jpeg.encode(noise, Settings(quality, progressive=progressive))
    assert Image.open(BytesIO(data)).size == (700, 700)


def test_opacity_bounds_the_effort_of_a_webp() -> None:
    photo = Image.merge("RGBA", [Image.radial_gradient("L").rotate(90 * turn) for turn in range(4)])
    made = [webp.encode(photo, Settings(effort=effort)) for effort in (4, 5, 6)]
    assert made[0] != made[1] == made[2]
    film = Film((photo, photo.rotate(90)), (100, 100), 0)
    assert webp.animate(film, Settings(effort=5)) == webp.animate(film, Settings(effort=6))
    opaque = photo.convert("RGB")
    assert webp.encode(opaque, Settings(effort=5)) != webp.encode(opaque, Settings(effort=6))


@pytest.mark.parametrize("name", ["webp", "avif"])
@pytest.mark.parametrize("hidden", [(0, 0, 0), (255, 0, 255)])
def test_hidden_colours_do_not_bleed_into_visible_edges(name: str, hidden: tuple[int, int, int]) -> None:
    """The formats share colour between four pixels; an edge in red was off by up to 100 of 255."""
    image = Image.new("RGBA", (151, 101), (*hidden, 0))
    ImageDraw.Draw(image).ellipse((20, 11, 120, 90), fill=(255, 0, 0, 255))
    seen = Image.open(BytesIO(formats.encode(name, image, Settings()).data))
    change = ImageChops.difference(seen.convert("RGBa"), image.convert("RGBa"))
    assert max(most for _, most in change.getextrema()) <= 6
    moving = Film((image, image.transpose(0)), (100, 100))
    if name in formats.animated():
        seen = Image.open(BytesIO(formats.animate(name, moving, Settings()).data))
        change = ImageChops.difference(seen.convert("RGBa"), image.convert("RGBa"))
        assert max(most for _, most in change.getextrema()) <= 6

"""The colours of GIFs."""

import random
import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from core.photo import palette
from core.photo.film import Film
from core.photo.formats import Settings, gif

SAMPLES = Path(__file__).parents[4] / "samples"
GREEN = (0, 160, 0)


def confetti(colours: int, seed: int = 1) -> Image.Image:
    """Return a picture of exactly so many random colours, some of them nearly equal."""
    chance = random.Random(seed)
    wanted: set[tuple[int, int, int]] = set()
    while len(wanted) < colours:
        red, green, blue = (chance.randrange(256) for _ in range(3))
        wanted |= {(red, green, blue), (red, green, blue ^ 1)}
    ordered = sorted(wanted)[:colours]
    image = Image.new("RGB", (64, 48))
    image.putdata([ordered[at % colours] for at in range(64 * 48)])
    return image


def photo() -> Image.Image:
    with Image.open(SAMPLES / "mountain.jpg") as file:
        return file.convert("RGB").resize((800, 600))


@pytest.mark.parametrize("colours", [1, 2, 16, 199, 255, 256])
def test_up_to_256_colours_come_out_as_they_are(colours: int) -> None:
    image = confetti(colours)
    assert Image.open(BytesIO(gif.encode(image, Settings()))).convert("RGB").tobytes() == image.tobytes()


@pytest.mark.parametrize("colours", [1, 199, 255])
def test_up_to_255_colours_and_transparency_come_out_as_they_are(colours: int) -> None:
    image = confetti(colours).convert("RGBA")
    image.paste((9, 8, 7, 0), (0, 0, 10, 10))
    made = Image.open(BytesIO(gif.encode(image, Settings()))).convert("RGBA")
    assert made.getchannel("A").tobytes() == image.getchannel("A").tobytes()
    assert made.crop((10, 0, 64, 48)).tobytes() == image.crop((10, 0, 64, 48)).tobytes()


def test_256_colours_and_transparency_lose_next_to_nothing() -> None:
    image = confetti(256).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 10, 10))
    made = Image.open(BytesIO(gif.encode(image, Settings()))).convert("RGBA")
    assert made.getpixel((5, 5))[3] == 0
    shown = (each.crop((10, 0, 64, 48)).convert("RGB") for each in (made, image))
    assert max(ImageStat.Stat(ImageChops.difference(*shown)).mean) < 2


def test_a_picture_of_which_nothing_is_seen_is_written() -> None:
    made = Image.open(BytesIO(gif.encode(Image.new("RGBA", (4, 4), (1, 2, 3, 0)), Settings())))
    assert made.convert("RGBA").getchannel("A").getextrema() == (0, 0)


@pytest.mark.parametrize("width", [1, 2, 5])
def test_a_thin_line_over_a_photo_keeps_its_colour(width: int) -> None:
    image = photo()
    ImageDraw.Draw(image).line((700, 0, 700, 599), fill=GREEN, width=width)
    made = Image.open(BytesIO(gif.encode(image, Settings()))).convert("RGB")
    found = ImageStat.Stat(made.crop((700, 0, 701, 600))).median
    assert max(abs(one - other) for one, other in zip(found, GREEN, strict=True)) <= 24


def test_every_frame_of_an_animation_has_its_own_colours() -> None:
    frames = tuple(confetti(200, seed) for seed in (1, 2, 3))
    file = Image.open(BytesIO(gif.animate(Film(frames, (100,) * 3), Settings())))
    for number, frame in enumerate(frames):
        file.seek(number)
        assert file.convert("RGB").tobytes() == frame.tobytes()


def test_a_photo_is_as_near_as_256_colours_allow() -> None:
    image = photo()
    made = palette.indexed(image, 256).convert("RGB")
    halves = (each.resize((400, 300), Image.Resampling.BOX) for each in (made, image))
    assert max(ImageStat.Stat(ImageChops.difference(*halves)).mean) < 3


def test_few_colours_take_no_more_memory_than_the_rule() -> None:
    image = Image.new("RGB", (2000, 2000), GREEN)
    image.paste((230, 230, 230), (0, 0, 900, 900))
    status = Path("/proc/self/status")
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    before = int(re.findall(r"VmRSS:\s+(\d+)", status.read_text())[0])
    assert palette.indexed(image, 256).getpixel((899, 899)) == 1
    taken = int(re.findall(r"VmHWM:\s+(\d+)", status.read_text())[0]) - before
    assert taken * 1024 < gif.bytes_per_pixel(80, True) * 2000 * 2000  # it was 24 bytes per pixel

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor, ImageStat

from core.photo.resize import resize, scale_for
from core.recipe import Size

pixels = st.integers(1, 400)


@given(pixels, pixels, pixels, pixels)
@settings(max_examples=60)
def test_inside_keeps_the_shape_and_never_enlarges(
    width: int, height: int, box_width: int, box_height: int
) -> None:
    made = resize(Image.new("RGB", (width, height)), Size("box", box_width, box_height, "inside"))
    assert made.width <= min(width, box_width)
    assert made.height <= min(height, box_height)
    scale = min(1, box_width / width, box_height / height)
    assert abs(made.width - width * scale) <= 1
    assert abs(made.height - height * scale) <= 1


@given(pixels, pixels, pixels, pixels)
@settings(max_examples=60)
def test_cover_fills_the_box_as_far_as_the_photo_goes(
    width: int, height: int, box_width: int, box_height: int
) -> None:
    made = resize(Image.new("RGB", (width, height)), Size("box", box_width, box_height, "cover"))
    assert made.size == (min(width, box_width), min(height, box_height))


@given(pixels, pixels, pixels, pixels, st.sampled_from(["inside", "cover"]))
def test_a_scale_is_above_zero_and_at_most_one(width: int, height: int, w: int, h: int, fit: str) -> None:
    assert 0 < scale_for(width, height, Size("box", w, h, fit)) <= 1


def test_a_photo_that_fits_is_left_alone(colourful: Image.Image) -> None:
    assert resize(colourful, Size("box", 96, 64, "inside")) is colourful
    assert resize(colourful, Size("box", 500, 500, "inside")) is colourful


@pytest.mark.parametrize(
    ("size", "kept"), [((300, 100), (100, 0, 200, 100)), ((100, 300), (0, 100, 100, 200))]
)
def test_cover_cuts_evenly(size: tuple[int, int], kept: tuple[int, int, int, int]) -> None:
    image = Image.new("RGB", size, "black")
    image.paste("white", kept)
    made = resize(image, Size("box", 50, 50, "cover"))
    assert made.size == (50, 50)
    assert min(ImageStat.Stat(made).mean) > 250


def test_contain_puts_all_of_it_in_the_middle_of_nothing() -> None:
    made = resize(Image.new("RGB", (200, 100), "red"), Size("box", 50, 50, "contain"))
    assert (made.size, made.mode) == ((50, 50), "RGBA")
    assert made.getchannel("A").getbbox() == (0, 12, 50, 37)
    assert resize(Image.new("RGB", (100, 100)), Size("box", 50, 50, "contain")).mode == "RGB"
    assert resize(Image.new("RGB", (10, 10)), Size("box", 50, 50, "contain")).getbbox() == (20, 20, 30, 30)


@given(pixels, pixels, pixels, pixels)
@settings(max_examples=100)
def test_exact_takes_the_boxs_shape_and_never_enlarges(width: int, height: int, w: int, h: int) -> None:
    made = resize(Image.new("RGB", (width, height)), Size("box", w, h, "exact"))
    assert made.size == (min(width, w), min(height, h))


@pytest.mark.parametrize(("focus", "colour"), [(0.0, "red"), (0.5, "lime"), (1.0, "blue")])
def test_cover_keeps_what_is_around_the_focus(focus: float, colour: str) -> None:
    image = Image.new("RGB", (300, 100), "lime")
    image.paste("red", (0, 0, 100, 100))
    image.paste("blue", (200, 0, 300, 100))
    made = resize(image, Size("box", 50, 50, "cover", focus_x=focus))
    assert made.crop((5, 5, 45, 45)).getcolors() == [(1600, ImageColor.getrgb(colour))]
    on_end = resize(image.transpose(Image.Transpose.ROTATE_270), Size("box", 50, 50, "cover", focus_y=focus))
    assert on_end.crop((5, 5, 45, 45)).getcolors() == [(1600, ImageColor.getrgb(colour))]


def test_cover_keeps_the_part_that_says_most_if_asked() -> None:
    image = Image.new("RGB", (400, 100), "gray")
    image.paste(Image.effect_noise((100, 100), 90).convert("RGB"), (300, 0))
    made = resize(image, Size("box", 50, 50, "cover", crop="entropy"))
    assert min(ImageStat.Stat(made).stddev) > 10


@given(
    pixels, pixels, pixels, pixels, st.floats(0, 1), st.floats(0, 1), st.sampled_from(["focus", "entropy"])
)
@settings(max_examples=60)
def test_a_crop_never_fails(width: int, height: int, w: int, h: int, x: float, y: float, crop: str) -> None:
    made = resize(Image.new("RGB", (width, height)), Size("box", w, h, "cover", crop, x, y))
    assert made.size == (min(width, w), min(height, h))


def test_edges_against_transparency_do_not_darken() -> None:
    image = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    image.paste((255, 255, 255, 255), (50, 50, 150, 150))
    made = resize(image, Size("box", 50, 50, "inside"))
    seen = [made.getpixel((x, 25)) for x in range(50)]
    assert all(pixel[:3] >= (250, 250, 250) for pixel in seen if pixel[3] > 8)


def test_fine_stripes_become_gray_instead_of_a_pattern() -> None:
    stripes = Image.new("L", (1000, 100))
    for x in range(0, 1000, 2):
        stripes.paste(255, (x, 0, x + 1, 100))
    made = resize(stripes.convert("RGB"), Size("box", 90, 90, "inside"))
    low, high = made.convert("L").crop((5, 0, 85, made.height)).getextrema()
    assert high - low < 12


@pytest.mark.parametrize(("factor", "kernel"), [(1, "LANCZOS"), (2, "BICUBIC"), (4, "LANCZOS")])
def test_what_was_halved_is_resized_faster_and_nothing_else(factor: int, kernel: str) -> None:
    reduced = Image.effect_noise((300, 200), 60).convert("RGB")
    made = resize(reduced, Size("a", 210, 140), (300 * factor, 200 * factor))
    expected = reduced.resize((210, 140), Image.Resampling[kernel], reducing_gap=2.0)
    assert made.tobytes() == expected.tobytes()

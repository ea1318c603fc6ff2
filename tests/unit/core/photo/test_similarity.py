import pytest
from PIL import Image, ImageFilter

from core.photo.similarity import similarity


@pytest.fixture
def noisy(colourful: Image.Image) -> Image.Image:
    return Image.blend(colourful, Image.effect_noise(colourful.size, 80).convert("RGB"), 0.5)


def test_a_picture_is_like_itself(noisy: Image.Image) -> None:
    assert similarity(noisy, noisy.copy()) == pytest.approx(1, abs=1e-5)


def test_the_more_is_lost_the_less_alike(noisy: Image.Image) -> None:
    alike = [similarity(noisy, noisy.filter(ImageFilter.GaussianBlur(radius))) for radius in (0.4, 1, 4)]
    assert 1 > alike[0] > alike[1] > alike[2] > 0


def test_a_negative_is_unlike(noisy: Image.Image) -> None:
    assert similarity(noisy, Image.eval(noisy, lambda tone: 255 - tone)) < 0.5


def test_transparency_is_seen_on_white() -> None:
    clear, white = Image.new("RGBA", (16, 16), (0, 0, 0, 0)), Image.new("RGB", (16, 16), "white")
    assert similarity(clear, white) == pytest.approx(1, abs=1e-5)


def test_a_picture_smaller_than_a_window_has_a_likeness_too() -> None:
    assert similarity(Image.new("RGB", (3, 1)), Image.new("RGB", (3, 1))) == pytest.approx(1)


def test_lost_colour_is_noticed_where_brightness_is_the_same() -> None:
    image = Image.new("RGB", (64, 64), (120, 120, 120))
    for at in range(0, 64, 8):
        image.paste((200, 79, 120), (at, 0, at + 4, 64))  # the same luma, 120
    gray = image.convert("L").convert("RGB")
    assert max(image.convert("L").getextrema()) - min(image.convert("L").getextrema()) <= 1
    assert similarity(image, gray) < 0.95

from PIL import Image

from core.photo.filters.sepia import apply

EXAMPLES = {"": {"amount": 0.8}}


def test_gray_becomes_brown() -> None:
    red, green, blue = apply(Image.new("RGB", (2, 2), (100, 100, 100))).getpixel((0, 0))
    assert (red, green, blue) == (135, 120, 94)


def test_bright_colours_do_not_overflow() -> None:
    assert apply(Image.new("RGB", (2, 2), "white")).getpixel((0, 0)) == (255, 255, 239)


def test_no_amount_is_no_change() -> None:
    image = Image.new("RGB", (2, 2), (1, 2, 3))
    assert apply(image, amount=0).tobytes() == image.tobytes()

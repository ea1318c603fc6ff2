from PIL import Image

from core.photo.filters.tint import apply

EXAMPLES = {"": {"colour": "#c04020", "amount": 0.8}}


def test_mid_gray_takes_the_colour_and_the_ends_stay() -> None:
    image = Image.new("L", (3, 1))
    image.putdata([0, 127, 255])
    made = apply(image.convert("RGB"), colour="#804020")
    assert [made.getpixel((x, 0)) for x in range(3)] == [(0, 0, 0), (128, 64, 32), (255, 255, 255)]


def test_no_amount_is_no_change() -> None:
    image = Image.new("RGB", (2, 2), (1, 2, 3))
    assert apply(image, colour="#804020", amount=0).tobytes() == image.tobytes()

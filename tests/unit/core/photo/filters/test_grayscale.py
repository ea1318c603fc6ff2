from PIL import Image

from core.photo.filters.grayscale import apply

EXAMPLES = {"": {"amount": 0.7}}

RED = Image.new("RGB", (2, 2), (200, 0, 0))


def test_colour_becomes_its_luma() -> None:
    assert apply(RED).getpixel((0, 0)) == (60, 60, 60)


def test_half_way_is_half_way() -> None:
    assert apply(RED, amount=0.5).getpixel((0, 0)) == (130, 30, 30)
    assert apply(RED, amount=0).getpixel((0, 0)) == (200, 0, 0)

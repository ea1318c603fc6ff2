from PIL import Image

from core.photo.filters.border import apply

EXAMPLES = {"": {"colour": "#204080", "width": 0.1}}


def test_the_frame_is_as_thick_as_asked_and_inside() -> None:
    made = apply(Image.new("RGB", (100, 50)), colour="#ff0000", width=0.1)
    row = [made.getpixel((x, 25)) for x in range(100)]
    assert made.size == (100, 50)
    assert [pixel == (255, 0, 0) for pixel in row] == [True] * 5 + [False] * 90 + [True] * 5


def test_the_frame_is_opaque_on_transparency() -> None:
    made = apply(Image.new("RGBA", (100, 50), (0, 0, 0, 0)), colour="#00ff00")
    assert made.getpixel((0, 0)) == (0, 255, 0, 255)
    assert made.getpixel((50, 25))[3] == 0

from PIL import Image

from core.photo.filters.brightness import apply

EXAMPLES = {"": {"factor": 1.5}}


def test_tones_are_multiplied() -> None:
    image = Image.new("RGB", (2, 2), (100, 50, 10))
    assert apply(image, factor=2).getpixel((0, 0)) == (200, 100, 20)
    assert apply(image, factor=0).getpixel((0, 0)) == (0, 0, 0)
    assert apply(image, factor=1).tobytes() == image.tobytes()

from PIL import Image

from core.photo.filters.saturation import apply

EXAMPLES = {"": {"factor": 2.0}}


def test_colours_grow_weaker_and_stronger() -> None:
    image = Image.new("RGB", (2, 2), (150, 100, 100))

    def colour(factor: float) -> int:
        red, green, _ = apply(image, factor=factor).getpixel((0, 0))
        return red - green

    assert [colour(factor) for factor in (0, 1, 2)] == [0, 50, 100]

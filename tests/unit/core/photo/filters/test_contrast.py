from PIL import Image

from core.photo.filters.contrast import apply

EXAMPLES = {"": {"factor": 0.5}}


def test_tones_move_apart_and_together() -> None:
    image = Image.new("RGB", (2, 1), (100, 100, 100))
    image.putpixel((1, 0), (150, 150, 150))

    def gap(factor: float) -> int:
        made = apply(image, factor=factor)
        return made.getpixel((1, 0))[0] - made.getpixel((0, 0))[0]

    assert [gap(factor) for factor in (0, 0.5, 1, 2)] == [0, 25, 50, 100]

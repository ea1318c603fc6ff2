import pytest
from PIL import Image

from core.photo.filters.crop import apply

EXAMPLES = {"": {"left": 0.25, "top": 0.25, "width": 0.5, "height": 0.5}}


def test_a_part_is_cut_out(colourful: Image.Image) -> None:
    made = apply(colourful, left=0.25, top=0.5, width=0.5, height=0.25)
    assert made.tobytes() == colourful.crop((24, 32, 72, 48)).tobytes()


@pytest.mark.parametrize(("left", "size"), [(0.9, (10, 64)), (1.0, (1, 64))])
def test_a_part_ends_where_the_picture_does(
    colourful: Image.Image, left: float, size: tuple[int, int]
) -> None:
    assert apply(colourful, left=left).size == size

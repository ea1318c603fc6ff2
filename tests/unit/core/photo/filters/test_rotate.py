import pytest
from PIL import Image

from core.photo.filters.rotate import apply

EXAMPLES = {"": {"degrees": 30.0}, "90": {"degrees": 90.0}}


@pytest.mark.parametrize(
    ("degrees", "at"), [(0, (0, 0)), (90, (3, 0)), (180, (5, 3)), (-90, (0, 5)), (270, (0, 5)), (360, (0, 0))]
)
def test_right_angles_lose_nothing(degrees: float, at: tuple[int, int]) -> None:
    image = Image.new("RGB", (6, 4))
    image.putpixel((0, 0), (255, 0, 0))
    made = apply(image, degrees=degrees)
    assert made.getpixel(at) == (255, 0, 0)
    assert made.mode == "RGB"


def test_other_angles_leave_transparent_corners() -> None:
    made = apply(Image.new("RGB", (40, 40), "red"), degrees=45)
    assert made.width > 50
    assert made.getpixel((0, 0))[3] == 0
    assert made.getpixel((made.width // 2, made.height // 2)) == (255, 0, 0, 255)

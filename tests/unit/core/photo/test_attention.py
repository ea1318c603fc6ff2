import pytest
from PIL import Image

from core.photo.attention import focus


@pytest.mark.parametrize(("left", "expected"), [(0, 0.25), (300, 0.75)])
def test_it_finds_where_most_is_to_be_seen(left: int, expected: float) -> None:
    image = Image.new("RGB", (400, 100), "gray")
    image.paste(Image.effect_noise((100, 100), 90).convert("RGB"), (left, 0))
    x, y = focus(image, (0.5, 1.0))
    assert abs(x - expected) <= 0.26
    assert (x < 0.5) == (left == 0)
    assert y == 0.5


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (7, 3)])
@pytest.mark.parametrize("shares", [(1.0, 1.0), (0.001, 0.001), (1.0, 0.3)])
def test_where_nothing_is_to_be_seen_it_takes_the_middle(
    size: tuple[int, int], shares: tuple[float, float]
) -> None:
    assert focus(Image.new("RGB", size), shares) == pytest.approx((0.5, 0.5))

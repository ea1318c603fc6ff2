import pytest
from PIL import Image, ImageChops

from core.photo.filters.watermark import apply
from core.photo.stamping import Position

EXAMPLES = {
    position: {"text": "Ada", "height": 0.2, "opacity": 0.8, "position": position}
    for position in Position.__args__
}

SIZE = (400, 300)


def changed(image: Image.Image, **parameters: object) -> tuple[int, int, int, int] | None:
    return ImageChops.difference(apply(image, **parameters), image).getbbox(alpha_only=False)


@pytest.mark.parametrize(
    ("position", "left", "top"),
    [
        ("top-left", True, True),
        ("top-right", False, True),
        ("bottom-left", True, False),
        ("bottom-right", False, False),
    ],
)
def test_the_text_stands_in_its_corner(position: str, left: bool, top: bool) -> None:
    box = changed(Image.new("RGB", SIZE, "gray"), text="Twinlens", position=position)
    assert box is not None
    assert (box[2] <= 200, box[3] <= 150) == (left, top)
    assert (box[0] >= 200, box[1] >= 150) == (not left, not top)


def test_the_centre_is_the_middle() -> None:
    box = changed(Image.new("RGB", SIZE, "gray"), text="Twinlens", position="centre", height=0.2)
    assert box is not None
    assert abs((box[0] + box[2]) / 2 - 200) < 4
    assert abs((box[1] + box[3]) / 2 - 150) < 4


def test_a_long_text_stays_inside() -> None:
    box = changed(Image.new("RGB", SIZE, "gray"), text="W" * 40, height=0.5)
    assert box is not None
    assert box[0] > 0
    assert box[2] < 400


def test_opacity_sets_the_strength() -> None:
    image = Image.new("RGB", SIZE, "black")
    brightest = [
        max(high for _, high in apply(image, text="Twinlens", opacity=opacity, height=0.2).getextrema())
        for opacity in (0, 0.5, 1)
    ]
    assert brightest == [0, 128, 255]


def test_the_text_shows_on_transparency_too() -> None:
    marked = apply(Image.new("RGBA", SIZE, (0, 0, 0, 0)), text="Twinlens", opacity=1, height=0.2)
    assert marked.getchannel("A").getextrema() == (0, 255)


def test_tiles_reach_all_over() -> None:
    box = changed(Image.new("RGB", SIZE, "gray"), text="Twinlens", position="tiled")
    assert box is not None
    assert box[0] < 20
    assert box[3] > 280

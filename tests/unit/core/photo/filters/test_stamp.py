import pytest
from PIL import Image, ImageChops

from core.errors import RecipeError
from core.photo import filters
from core.photo.filters.stamp import apply
from core.photo.stamping import Position
from core.where import Where

EXAMPLES = {
    position: {"picture": "twinlens.png", "width": 0.3, "opacity": 0.8, "position": position}
    for position in Position.__args__
}

LOGO = "twinlens.png"


def changed(image: Image.Image, **parameters: object) -> tuple[int, int, int, int]:
    return ImageChops.difference(image, apply(image, picture=LOGO, **parameters)).getbbox()


def test_the_picture_is_put_where_it_belongs() -> None:
    image = Image.new("RGB", (400, 200))
    left, top, right, bottom = changed(image, width=0.25)
    assert (left, top) > (290, 140)
    assert (right, bottom) < (400, 200)
    assert changed(image, position="top-left")[0] < 20


def test_tiles_reach_all_over() -> None:
    left, top, right, bottom = changed(Image.new("RGB", (400, 200)), position="tiled", width=0.1)
    assert left < 20
    assert top < 20
    assert right > 380
    assert bottom > 180


def test_opacity_lets_the_photo_through() -> None:
    image = Image.new("RGB", (400, 200))
    assert apply(image, picture=LOGO, opacity=1).getextrema()[0][1] > 250
    assert 100 < apply(image, picture=LOGO, opacity=0.5).getextrema()[0][1] < 135
    assert apply(image, picture=LOGO, opacity=0).tobytes() == image.tobytes()


@pytest.mark.parametrize("name", ["../pictures/twinlens.png", "/etc/passwd", "missing.png", ""])
def test_a_picture_is_named_and_there(name: str) -> None:
    with pytest.raises(RecipeError, match="names a file in recipes/pictures"):
        filters.check("stamp", {"picture": name}, Where("here"))

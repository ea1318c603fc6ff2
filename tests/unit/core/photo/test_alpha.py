import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat
from PIL.ImageFilter import GaussianBlur

from core.photo import filters
from core.photo.alpha import averaged, colours_only, flatten, visible_colours

SKIN = (200, 180, 160)


def half_hidden(alpha: int = 255, hidden: tuple[int, int, int] = (0, 0, 0)) -> Image.Image:
    """Return a flat colour at the left, and a hidden one at the right."""
    image = Image.new("RGBA", (65, 33), (*hidden, 0))
    image.paste((*SKIN, alpha), (0, 0, 32, 33))
    return image


def test_an_operation_leaves_transparency_alone() -> None:
    image = Image.new("RGBA", (2, 2), (10, 20, 30, 40))
    assert colours_only(image, ImageOps.invert).getpixel((0, 0)) == (245, 235, 225, 40)


def test_an_opaque_picture_is_worked_on_as_it_is() -> None:
    image = Image.new("RGB", (2, 2), (10, 20, 30))
    assert colours_only(image, ImageOps.invert).getpixel((0, 0)) == (245, 235, 225)


def test_flattening_mixes_with_the_background() -> None:
    image = Image.new("RGBA", (2, 2), (0, 0, 0, 128))
    assert flatten(image).getpixel((0, 0)) == (127, 127, 127)
    assert flatten(image, "black").getpixel((0, 0)) == (0, 0, 0)
    opaque = Image.new("RGB", (2, 2))
    assert flatten(opaque) is opaque


@pytest.mark.parametrize("alpha", [255, 128, 64])
@pytest.mark.parametrize("hidden", [(0, 0, 0), (255, 255, 255), (0, 255, 0)])
@pytest.mark.parametrize(
    ("name", "parameters"), [("blur", {"radius": 8}), ("sharpen", {"radius": 8.0, "percent": 300})]
)
def test_a_hidden_colour_does_not_show_beside_a_visible_one(
    alpha: int, hidden: tuple[int, int, int], name: str, parameters: dict[str, object]
) -> None:
    image = half_hidden(alpha, hidden)
    made = filters.apply(image, name, parameters)
    seen = ImageChops.difference(made.crop((0, 0, 32, 33)), image.crop((0, 0, 32, 33)))
    assert max(high for _, high in seen.getextrema()) <= 3
    assert made.getchannel("A").tobytes() == image.getchannel("A").tobytes()


@pytest.mark.parametrize(
    ("name", "parameters"), [("auto_contrast", {"cutoff": 5}), ("contrast", {"factor": 2})]
)
def test_a_hidden_colour_changes_no_tone(name: str, parameters: dict[str, object]) -> None:
    made = []
    for hidden in ("black", "white", "red"):
        image = Image.new("RGBA", (100, 20), hidden)
        image.putalpha(0)
        for left, gray in ((0, 100), (20, 140)):
            image.paste((gray, gray, gray, 255), (left, 0, left + 20, 20))
        made.append(filters.apply(image, name, parameters).crop((0, 0, 40, 20)))
    assert made[0].tobytes() == made[1].tobytes() == made[2].tobytes()
    assert made[0].getpixel((0, 0))[0] < 85
    assert made[0].getpixel((39, 0))[0] > 155


@pytest.mark.parametrize("name", ["auto_contrast", "blur", "contrast", "sharpen"])
def test_a_picture_of_which_nothing_is_seen_stays_so(name: str) -> None:
    parameters = {"factor": 2} if name == "contrast" else {}
    made = filters.apply(Image.new("RGBA", (9, 7), (1, 2, 3, 0)), name, parameters)
    assert made.getchannel("A").getextrema() == (0, 0)


def test_neighbours_count_by_their_opacity() -> None:
    image = Image.new("RGBA", (64, 64), (255, 0, 0, 255))
    image.paste((0, 0, 255, 85), (32, 0, 64, 64))  # a third as opaque
    red, _, blue, _ = averaged(image, lambda each: each.filter(GaussianBlur(200))).getpixel((32, 32))
    assert red / (red + blue) == pytest.approx(0.75, abs=0.02)


def test_a_speck_gives_its_colour_to_all_that_is_hidden() -> None:
    image = Image.new("RGBA", (500, 300), (0, 0, 0, 0))
    image.putpixel((431, 17), (*SKIN, 255))
    shown = []
    visible_colours(image, lambda each: shown.append(each.copy()) or each)
    assert ImageStat.Stat(shown[0]).mean == pytest.approx(SKIN, abs=2)

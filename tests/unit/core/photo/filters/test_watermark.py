import unicodedata

import pytest
from PIL import Image, ImageChops

from core.errors import RecipeError
from core.photo import filters
from core.photo.filters.watermark import apply
from core.photo.stamping import Position
from core.where import Where

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


def drawn(text: str, **parameters: object) -> bytes:
    return apply(Image.new("RGB", SIZE, "gray"), text=text, height=0.2, **parameters).tobytes()


@pytest.mark.parametrize("pair", ["ëü", "éè", "łl", "Жж", "Ωω", "ßs", "€£", "ơo", "İI", "Ґг"])
def test_every_letter_has_a_shape_of_its_own(pair: str) -> None:
    assert drawn(pair[0]) != drawn(pair[1])


def test_an_accent_may_be_a_character_of_its_own() -> None:
    assert drawn(unicodedata.normalize("NFD", "Größe")) == drawn("Größe")


def test_every_line_is_there_and_inside() -> None:
    image = Image.new("RGB", SIZE, "gray")
    heights = []
    for text in ("Ada", "Ada\nLovelace", "Ada\nLovelace\n1843"):
        box = changed(image, text=text, height=0.1)
        assert box is not None
        heights.append(box[3] - box[1])
    assert heights[1] > 1.8 * heights[0]
    assert heights[2] > 2.5 * heights[0]
    many = changed(image, text="\n".join("abcdefghij"), height=0.5)
    assert many is not None
    assert many[1] > 0
    assert many[3] < 300


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("שלום", "it can't write 'ש', 'ל', 'ו', 'ם'"),  # noqa: RUF001
        ("مرحبا", "it can't write 'م'"),
        ("東京", "it can't write '東', '京'"),
        ("नमस्ते", "it can't write 'न'"),
        ("hi 📷", "it can't write '📷'"),
        ("a\u200bb", r"it can't write '\\u200b'"),
        ("a\tb", r"it can't write '\\t'"),
        (" \n ", "from left to right"),
    ],
)
def test_text_that_cannot_be_written_is_refused_by_its_characters(text: str, named: str) -> None:
    with pytest.raises(RecipeError, match=named):
        filters.check("watermark", {"text": text}, Where("recipe"))


@pytest.mark.parametrize(
    "text",
    ["Grüße", "Łódź", "Ζωή", "Фотография", "Nguyễn", "© 2026 – “x” ½ €", "One\nTwo"],  # noqa: RUF001
)
def test_latin_greek_and_cyrillic_are_taken(text: str) -> None:
    assert filters.check("watermark", {"text": text}, Where("recipe")) == {"text": text}

import inspect
from pathlib import Path

import pytest
from PIL import Image

from core.errors import RecipeError
from core.photo import filters
from core.where import Where

NEEDED = {
    "brightness": {"factor": 1.5},
    "contrast": {"factor": 1.5},
    "rotate": {"degrees": 30},
    "saturation": {"factor": 1.5},
    "stamp": {"picture": "twinlens.png"},
    "tint": {"colour": "#804020"},
    "watermark": {"text": "Twinlens"},
}

# These may change the picture's size, and show nothing where there was no photo.
RESHAPING = {"rotate"}
SHOWING_NOTHING = {"rotate", "round_corners"}


@pytest.mark.parametrize("name", filters.names())
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("size", [(96, 64), (3, 2), (1, 1)])
def test_every_filter_keeps_size_mode_and_its_input(name: str, mode: str, size: tuple[int, int]) -> None:
    image = Image.radial_gradient("L").resize(size).convert(mode)
    before = image.tobytes()
    made = filters.apply(image, name, filters.check(name, NEEDED.get(name, {}), Where(name)))
    assert made.size == size or name in RESHAPING
    assert made.mode == ("RGBA" if name in SHOWING_NOTHING else mode)
    assert image.tobytes() == before


@pytest.mark.parametrize("name", filters.names())
def test_every_filter_is_deterministic(name: str, colourful: Image.Image) -> None:
    once, twice = (filters.apply(colourful, name, NEEDED.get(name, {})).tobytes() for _ in range(2))
    assert once == twice


@pytest.mark.parametrize("name", filters.names())
def test_every_filter_is_documented_and_tested(name: str) -> None:
    assert inspect.getdoc(filters.load(name))
    assert Path(__file__).with_name(f"test_{name}.py").exists()


def test_an_unknown_filter_is_answered_with_the_known_ones() -> None:
    with pytest.raises(RecipeError, match="no filter 'blue'; there are auto_contrast, "):
        filters.load("blue")


def test_parameters_are_checked_against_the_filter() -> None:
    with pytest.raises(RecipeError, match="here: cutoff is 60"):
        filters.check("auto_contrast", {"cutoff": 60}, Where("here"))

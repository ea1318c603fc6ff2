import inspect

import pytest
from PIL import Image

from core.errors import RecipeError
from core.photo import filters
from core.where import Where


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("size", [(96, 64), (3, 2), (1, 1)])
def test_every_filter_takes_every_size_and_leaves_its_input_alone(
    filter_example: tuple[str, dict[str, object]], mode: str, size: tuple[int, int]
) -> None:
    name, parameters = filter_example
    image = Image.radial_gradient("L").resize(size).convert(mode)
    before = image.tobytes()
    made = filters.apply(image, name, filters.check(name, parameters, Where(name)))
    assert made.mode in {mode, "RGBA"}
    assert image.tobytes() == before


def test_every_filter_is_deterministic(
    filter_example: tuple[str, dict[str, object]], colourful: Image.Image
) -> None:
    once, twice = (filters.apply(colourful, *filter_example).tobytes() for _ in range(2))
    assert once == twice


@pytest.mark.parametrize("name", filters.names())
def test_every_filter_is_documented(name: str) -> None:
    assert inspect.getdoc(filters.load(name))


def test_an_unknown_filter_is_answered_with_the_known_ones() -> None:
    with pytest.raises(
        RecipeError, match=r"no filter 'blue' \(did you mean 'blur'\?\); there are auto_contrast, "
    ):
        filters.load("blue")


def test_parameters_are_checked_against_the_filter() -> None:
    with pytest.raises(RecipeError, match="here: cutoff is 60"):
        filters.check("auto_contrast", {"cutoff": 60}, Where("here"))

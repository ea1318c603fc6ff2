import sys

import pytest

from core import registry
from core.errors import RecipeError, SetupError


def test_names_are_those_of_the_files() -> None:
    assert "sepia" in registry.names("core.photo.filters")


def test_a_module_is_loaded_by_name() -> None:
    assert registry.load("core.photo.formats", "webp") is sys.modules["core.photo.formats.webp"]


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    known = ", ".join(registry.names("core.photo.formats"))
    assert "jpeg, png, " in known
    with pytest.raises(SetupError, match=f"no format 'tga'; there are {known}"):
        registry.load("core.photo.formats", "tga")
    with pytest.raises(RecipeError, match=r"no filter 'blur\.evil'"):
        registry.load("core.photo.filters", "blur.evil", RecipeError)

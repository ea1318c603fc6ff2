from collections.abc import Iterator

import pytest

from core.deployment.variables import Environment
from core.errors import RecipeError, SettingsError
from core.memory import MemoryStore
from core.tools import tools

VARIABLES = {
    "TWINLENS_INPUT_CONTAINER": "in",
    "TWINLENS_OUTPUT_CONTAINER": "out",
    "TWINLENS_RECIPE": "gallery",
    "TWINLENS_MAX_BYTES": "1000",
    "TWINLENS_MAX_PIXELS": "2000",
}


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    tools.cache_clear()
    yield
    tools.cache_clear()


def test_tools_are_made_once_from_the_environment() -> None:
    opened: list[str] = []

    def open_store(container: str) -> MemoryStore:
        opened.append(container)
        return MemoryStore()

    made = tools(open_store)
    assert tools(open_store) is made
    assert opened == ["in", "out"]
    assert (made.recipe.name, made.max_bytes, made.max_pixels) == ("gallery", 1000, 2000)


def test_a_wrong_recipe_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWINLENS_RECIPE", "nothing")
    with pytest.raises(RecipeError, match="'nothing'"):
        tools(lambda container: MemoryStore())


@pytest.mark.parametrize("name", VARIABLES)
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is not set"):
        Environment.read({**VARIABLES, name: ""})


def test_a_number_must_be_one() -> None:
    with pytest.raises(SettingsError, match="TWINLENS_MAX_BYTES is 'many'; it must be a whole number"):
        Environment.read({**VARIABLES, "TWINLENS_MAX_BYTES": "many"})

from dataclasses import dataclass
from typing import Annotated, Literal

import pytest

from core.errors import RecipeError
from core.parameters import Between, Colour, Length, arguments, parameters
from core.where import Where


def draw(
    canvas: object,
    *,
    text: Annotated[str, Length(1, 5)],
    opacity: Annotated[float, Between(0, 1)] = 1.0,
    tiles: Annotated[int, Between(1, 9)] = 1,
    corner: Literal["left", "right"] = "left",
    bold: bool = False,
    ink: Annotated[str, Colour()] = "#000000",
) -> None:
    """A target with a parameter of each kind."""


@dataclass(frozen=True)
class Point:
    x: int
    y: int = 0


def test_allowed_values_pass_and_whole_numbers_become_floats() -> None:
    given = {"text": "hi", "opacity": 1, "tiles": 9, "corner": "right", "bold": True, "ink": "#aBcdEf"}
    checked = arguments(draw, given, Where("here"))
    assert checked == given
    assert type(checked["opacity"]) is float


def test_a_dataclass_takes_its_fields() -> None:
    assert Point(**arguments(Point, {"x": 1}, Where("here"))) == Point(1, 0)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "here: text is missing; give text of 1 to 5 characters."),
        (
            {"text": "a", "size": 1},
            "here: size is not known here; allowed are text, opacity, tiles, corner, bold, ink.",
        ),
        ({"text": "a", "canvas": 1}, "here: canvas is not known here"),
        ({"text": ""}, "here: text is ''; it must be text of 1 to 5 characters."),
        ({"text": 5}, "here: text is 5; it must be text"),
        ({"text": "a", "opacity": 1.1}, "here: opacity is 1.1; it must be a number from 0 to 1."),
        ({"text": "a", "opacity": float("nan")}, "here: opacity is nan"),
        ({"text": "a", "opacity": True}, "here: opacity is True"),
        ({"text": "a", "tiles": 2.0}, "here: tiles is 2.0; it must be a whole number from 1 to 9."),
        ({"text": "a", "tiles": True}, "here: tiles is True"),
        ({"text": "a", "corner": "top"}, "here: corner is 'top'; it must be one of left, right."),
        ({"text": "a", "corner": ["left"]}, "here: corner is ['left']"),
        ({"text": "a", "ink": "red"}, "here: ink is 'red'; it must be text like #rrggbb."),
        ({"text": "a", "bold": 1}, "here: bold is 1; it must be true or false."),
    ],
)
def test_a_mistake_is_named_with_what_is_allowed(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(RecipeError) as caught:
        arguments(draw, values, Where("here"))
    assert str(caught.value).startswith(sentence)


def test_a_target_without_keys_says_so() -> None:
    with pytest.raises(RecipeError, match="allowed are no keys at all"):
        arguments(lambda picture: picture, {"a": 1}, Where("here"))


def test_parameters_describe_themselves() -> None:
    assert {name: str(each) for name, each in parameters(draw).items()} == {
        "text": "text of 1 to 5 characters",
        "opacity": "a number from 0 to 1",
        "tiles": "a whole number from 1 to 9",
        "corner": "one of left, right",
        "bold": "true or false",
        "ink": "text like #rrggbb",
    }

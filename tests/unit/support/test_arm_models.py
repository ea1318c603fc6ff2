"""Each rule of Resource Manager's models finds a violation that is planted, and takes what is within it."""

from typing import Any

import arm_models
import pytest

# By rule: its limit, what is just within, and what is not.
PLANTED: dict[str, tuple[Any, Any, Any]] = {
    "pattern": (r"^[a-z]+$", "abc", "a1"),
    "max_length": (3, "abc", "abcd"),
    "min_length": (3, "abc", "ab"),
    "max_items": (2, [1, 2], [1, 2, 3]),
    "min_items": (1, [1], []),
    "unique": (True, ["a", "b"], ["a", "a"]),
    "maximum": (5, 5, 6),
    "minimum": (5, 5, 4),
}
# A type, a value of it, one of another, and what is said of that.
TYPES: list[tuple[Any, Any, Any, str]] = [
    (str, "a", 1, "is not of the type str"),
    (int, 1.0, 1.5, "is not of the type int"),
    (bool, True, "true", "is not of the type bool"),
    (float, 1, "1", "is not of the type float"),
    (list[str], ["a"], "a", "is not a list"),
    (list[str], ["a"], ["a", 1], "[1]: 1 is not of the type str"),
    (dict[str, int], {"a": 1}, [1], "is not a map"),
    (dict[str, int], {"a": 1}, {"a": "b"}, "at.a: 'b' is not of the type int"),
    (int | None, None, "a", "is not of the type int"),
]


def test_every_rule_has_a_violation_planted():
    assert PLANTED.keys() == arm_models.BROKEN.keys()


@pytest.mark.parametrize("name", PLANTED)
def test_a_rule_finds_what_breaks_it(name):
    limit, within, beyond = PLANTED[name]
    assert not list(arm_models._rules({name: limit, "required": True}, within, "at"))
    assert list(arm_models._rules({name: limit}, beyond, "at")) == [f"at: {beyond!r} breaks {name} {limit}"]


@pytest.mark.parametrize(("kind", "right", "wrong", "told"), TYPES)
def test_a_value_of_another_type_is_found(kind, right, wrong, told):
    assert not list(arm_models._value(kind, right, "at"))
    (fault,) = arm_models._value(kind, wrong, "at")
    assert told in fault

"""The port of EventBridge's evaluator gives the values that aws/event-ruler expects of its own evaluator."""

import event_ruler
import pytest


@pytest.mark.parametrize(
    ("expected", "patterns"),
    [
        (1, ["*"]),
        (3, ["*", "ab*c"]),
        (1, ["abc"]),
        (2, ["*ab"]),
        (3, ["*aa"]),
        (2, ["a*b"]),
        (2, ["aa*"]),
        (3, ["a*bcb"]),
        (4, ["*ab*ad"]),
        (5, ["a*b*bb"]),
        (3, ["ab*b*"]),
        (3, ["ab*c", "x*xx"]),
        (4, ["*abc", "*abcde"]),
        (7, ["a*aaa", "aa*aa"]),
        (5, ["a*aax", "aaa*x"]),
        (3, ["abc*", "abcde*"]),
        (6, ["ab*cd", "ab*wx", "ab*yz"]),
        (7, ["*ab*b*b*"]),
        (17, ["*a*a*a*a*a*a*a*a*"]),
    ],
)
def test_complexity_is_that_of_the_service(expected, patterns):
    assert event_ruler.complexity(patterns) == expected


def test_a_wildcard_for_each_spelling_of_each_suffix_is_too_complex():
    spellings = [f"incoming/*.{each}" for each in ("jpg", "JPG", "Jpg", "png", "PNG", "Png")]
    pattern = {"detail": {"object": {"key": [{"wildcard": each} for each in spellings]}}}

    found = list(event_ruler.wildcards(pattern))

    assert found == spellings
    assert event_ruler.complexity(found) == 12 > event_ruler.MOST


def test_wildcards_are_found_inside_anything_but():
    assert list(event_ruler.wildcards({"a": [{"anything-but": {"wildcard": ["x*", "y*"]}}]})) == ["x*", "y*"]

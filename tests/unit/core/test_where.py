from core.where import ITSELF, Where, lines

TEXT = """# [[sizes]]
background = "#ffffff"

[[sizes]] # the first
name = "a = b"
  "width"=5

[[ sizes ]]
width = 6
width = 7
[other]
"""


def test_keys_are_found_by_table_and_number() -> None:
    assert lines(TEXT) == {
        ("", 0): {"background": 2, "sizes": 4, "other": 11},
        ("sizes", 1): {ITSELF: 4, "name": 5, "width": 6},
        ("sizes", 2): {ITSELF: 8, "width": 9},
        ("other", 1): {ITSELF: 11},
    }


def test_a_place_is_named_as_exactly_as_it_is_known() -> None:
    known = Where("a.toml", "sizes 1", {ITSELF: 4, "name": 5})
    assert known("name") == "a.toml, line 5: sizes 1: name"
    assert known("height") == "a.toml, line 4: sizes 1: height"
    assert known() == "a.toml, line 4: sizes 1"
    assert Where("a.toml")("name") == "a.toml: name"

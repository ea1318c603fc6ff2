from pathlib import Path

import pytest

from core import recipes
from core.errors import RecipeError
from core.recipe import FilterCall, Options, OutputFormat, ReviewRules, Size

GOOD = """
[[sizes]]
name = "display"
width = 800
height = 600

[[filters]]
name = "sepia"
amount = 1

[[outputs]]
format = "jpeg"
"""


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_of_the_project_is_right(name: str) -> None:
    assert recipes.load(name).name == name


def test_the_gallery_is_what_the_design_says() -> None:
    gallery = recipes.load("gallery")
    assert gallery.sizes == (
        Size("display", 800, 600, "inside"),
        Size("thumbnail", 200, 200, "cover"),
    )
    assert [call.name for call in gallery.filters] == ["auto_contrast", "sharpen"]
    assert gallery.outputs == (OutputFormat("jpeg", 80), OutputFormat("webp", 80))


def test_a_recipe_is_read_with_its_defaults(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(GOOD)
    mine = recipes.load("mine", tmp_path)
    assert mine.sizes == (Size("display", 800, 600, "inside"),)
    assert mine.filters == (FilterCall("sepia", {"amount": 1.0}),)
    assert mine.outputs == (OutputFormat("jpeg", 80),)


def test_options_stand_above_the_tables(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('background = "#102030"\ncopyright = true\n' + GOOD)
    assert recipes.load("mine", tmp_path).options == Options("#102030", copyright=True)
    (tmp_path / "mine.toml").write_text('background = "red"\n' + GOOD)
    with pytest.raises(
        RecipeError, match=r"mine\.toml, line 1: background is 'red'; it must be text like #rr"
    ):
        recipes.load("mine", tmp_path)


@pytest.mark.parametrize(
    "name", ["../gallery", "/etc/passwd", "a/b", "Gallery", "", "a" * 41, "gallery.toml", "a\n"]
)
def test_a_name_is_never_a_path(name: str) -> None:
    with pytest.raises(RecipeError, match="is no name for a recipe"):
        recipes.load(name)


def test_an_unknown_recipe_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(GOOD)
    with pytest.raises(RecipeError, match="no recipe 'two'; there are one"):
        recipes.load("two", tmp_path)


@pytest.mark.parametrize("content", [b"[[sizes", b"\xff\xfe"])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.toml").write_bytes(content)
    with pytest.raises(RecipeError, match=r"bad\.toml is not TOML"):
        recipes.load("bad", tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "[[sizes]]",
            "[[size]]",
            "mine.toml, line 2: size is not known here (did you mean 'sizes'?); allowed are sizes, filters, ",
        ),
        (
            "width = 800",
            "",
            "mine.toml, line 2: sizes 1: width is missing; give a whole number from 1 to 10000.",
        ),
        (
            "width = 800",
            "width = 0",
            "mine.toml, line 4: sizes 1: width is 0; it must be a whole number from 1 to 10000.",
        ),
        ("width = 800", 'width = "800"', "mine.toml, line 4: sizes 1: width is '800'"),
        (
            "height = 600",
            'height = 600\nfit = "fill"',
            "mine.toml, line 6: sizes 1: fit is 'fill'; it must be one of inside, cover, contain, exact.",
        ),
        ('"display"', '"../x"', "mine.toml, line 3: sizes 1: name is '../x'; use lower-case letters"),
        ('"display"', '"filtered"', "mine.toml, line 3: sizes 1: name is 'filtered'"),
        (
            "sepia",
            "blue",
            "mine.toml, line 8: filters 1: name is 'blue' (did you mean 'blur'?); it must be one of",
        ),
        ('name = "sepia"', "", "mine.toml, line 7: filters 1: name is missing; give one of auto_contrast, "),
        ('name = "sepia"', "name = []", "mine.toml, line 8: filters 1: name is []"),
        (
            "amount = 1",
            "amount = 2",
            "mine.toml, line 9: filters 1: amount is 2.0; it must be a number from 0 to 1.",
        ),
        (
            '"jpeg"',
            '"tga"',
            "mine.toml, line 12: outputs 1: format is 'tga'; it must be one of auto, avif, gif, jpeg, ",
        ),
        (
            '[[outputs]]\nformat = "jpeg"',
            "",
            "mine.toml: outputs is missing; write at least one [[outputs]].",
        ),
        (
            '[[outputs]]\nformat = "jpeg"',
            "[outputs]",
            "mine.toml, line 11: outputs is {}; write each",
        ),
        (
            '"jpeg"',
            '"jpeg"\n[[outputs]]\nformat = "jpeg"',
            "mine.toml, line 14: outputs 2: format is 'jpeg' more than once",
        ),
        (
            '"jpeg"',
            '"jpeg"\nanimation = "keep"',
            "mine.toml, line 13: outputs 1: animation is 'keep', which jpeg can't do; gif, webp can.",
        ),
        (
            "[[outputs]]",
            '[[sheets]]\nname = "display"\n[[outputs]]',
            "mine.toml, line 12: sheets 1: name is 'display' more than once",
        ),
        (
            "[[outputs]]",
            '[[sheets]]\nname = "all"\ncolumns = 0\n[[outputs]]',
            "mine.toml, line 13: sheets 1: columns is 0; it must be a whole number from 1 to 10.",
        ),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert old in GOOD
    (tmp_path / "mine.toml").write_text(GOOD.replace(old, new))
    with pytest.raises(RecipeError) as caught:
        recipes.load("mine", tmp_path)
    assert str(caught.value).startswith(sentence)


def test_all_mistakes_of_a_file_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        """
backgroud = "#ffffff"
[[sizes]]
name = "display"
width = 0
heigth = 600
[[filters]]
name = "sepai"
[[outputs]]
format = "tga"
quality = 500
"""
    )
    with pytest.raises(RecipeError) as caught:
        recipes.load("mine", tmp_path)
    options = "sizes, filters, outputs, sheets, review, background, copyright, larger, manifest"
    assert [line.partition(" is ")[0] for line in str(caught.value).splitlines()] == [
        "mine.toml, line 2: backgroud",
        "mine.toml, line 5: sizes 1: width",
        "mine.toml, line 6: sizes 1: heigth",
        "mine.toml, line 3: sizes 1: height",
        "mine.toml, line 8: filters 1: name",
        "mine.toml, line 11: outputs 1: quality",
    ]
    assert f"is not known here (did you mean 'background'?); allowed are {options}." in str(caught.value)
    assert "name is 'sepai' (did you mean 'sepia'?); it must be one of" in str(caught.value)


def test_a_recipe_is_read_from_any_path(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(GOOD)
    assert recipes.read(tmp_path / "mine.toml").name == "mine"
    with pytest.raises(RecipeError, match=r"gone\.toml can't be read: No such file"):
        recipes.read(tmp_path / "gone.toml")


def test_the_photos_that_a_person_decides_about_are_in_a_table(tmp_path: Path) -> None:
    assert recipes.load("gallery").review == ReviewRules()
    (tmp_path / "mine.toml").write_text(GOOD + "[review]\nlocation = true\nmin_side = 200\n")
    mine = recipes.load("mine", tmp_path)
    assert mine.review == ReviewRules(location=True, min_side=200)
    assert recipes.parse("mine", mine.table or {}).review == mine.review


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[review]\nlocated = true\n", r"line 14: review: located is not known here.* allowed are animated"),
        ("[review]\nmin_side = 0\n", r"line 14: review: min_side is 0; it must be a whole number from 1"),
        ("[[review]]\n", r"review is \[\{\}\]; write a table under \[review\]"),
    ],
)
def test_a_mistake_in_that_table_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "mine.toml").write_text(GOOD + text)
    with pytest.raises(RecipeError, match=message):
        recipes.load("mine", tmp_path)

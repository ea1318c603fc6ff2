"""Manifests in their three forms; what is wrong in one is told by its place and stops nothing."""

import pytest

from core.batch.manifest import entries
from core.errors import SetupError

DEEP = "[" * 100_000
GOOD = [("a.jpg", ""), ("b.jpg", "web")]


@pytest.fixture
def read(tmp_path):
    def written(name, text):
        path = tmp_path / name
        path.write_text(text, newline="")
        return entries(path)

    return written


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '["a.jpg", {"key": "b.jpg", "recipe": "web"}]'),
        ("a.jsonl", '"a.jpg"\n\n{"key": "b.jpg", "recipe": "web"}\n'),
        ("a.csv", "a.jpg\nb.jpg,web\n"),
        ("a.CSV", "recipe,key\n,a.jpg\nweb,b.jpg\n"),
        ("a.csv", '\ufeffkey,recipe\r\n"a.jpg"\r\nb.jpg,web\r\n'),
    ],
)
def test_each_form_says_the_same(read, name, text):
    assert [(each.key, each.recipe) for each in read(name, text)] == GOOD


@pytest.mark.parametrize(
    ("name", "text", "at", "why"),
    [
        ("a.json", '["a.jpg", 7]', "item 2", "is 7; it must be a key, or an object with a key"),
        ("a.json", '["a.jpg", {}]', "item 2", "has no key"),
        ("a.jsonl", '"a.jpg"\n{"key": \n', "line 2", "is not JSON"),
        ("a.jsonl", '"a.jpg"\n{"key": "b", "recepie": "web"}\n', "line 2", "has the unknown field 'recepie'"),
        ("a.jsonl", '"a.jpg"\n{"key": "b", "recipe": 1}\n', "line 2", "has the recipe 1; it must be a text"),
        ("a.csv", "a.jpg\nb.jpg,web,c\n", "line 2", "has 3 columns; there are key, recipe"),
        ("a.csv", "a.jpg\n,web\n", "line 2", "has no key"),
        ("a.csv", 'a.jpg\n"b.jpg\nc.jpg\n', "line 2", "is not CSV: unexpected end of data"),
        pytest.param(
            "a.jsonl", f'"a.jpg"\n{DEEP}', "line 2", "is not JSON: it is nested too", id="deep line"
        ),
        pytest.param(
            "a.json", f'["a.jpg", [{"7," * 999}7]]', "item 2", "7, 7...; it must be", id="long item"
        ),
    ],
)
def test_a_wrong_entry_is_told_by_its_place(read, name, text, at, why):
    good, wrong = read(name, text)

    assert (good.key, good.mistake) == ("a.jpg", "")
    assert wrong.at == at
    assert why in wrong.mistake


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.txt", "a.jpg", "its name must end in .json, .jsonl, .csv"),
        ("a.json", "{", "is not JSON"),
        ("a.json", '"a.jpg"', "must be a list of keys"),
        ("a.csv", "", "has no entries"),
        pytest.param("a.json", DEEP, "is nested too deeply", id="deep"),
        ("a.csv", "key,size\na.jpg,7\n", "has the columns key, size; there are key, recipe, each once"),
        ("a.csv", "key,key\na.jpg,b.jpg\n", "has the columns key, key"),
    ],
)
def test_a_file_that_is_no_manifest_is_refused(read, name, text, why):
    with pytest.raises(SetupError, match=why):
        read(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.jsonl", '"a\u2028\x85b.jpg"\r\n"c.jpg"\r\n'), ("a.csv", "a\u2028\x85b.jpg\r\nc.jpg\r\n")],
)
def test_a_line_ends_where_its_form_says_and_nowhere_else(read, name, text):
    assert [(each.at, each.key) for each in read(name, text)] == [
        ("line 1", "a\u2028\x85b.jpg"),
        ("line 2", "c.jpg"),
    ]


def test_a_key_keeps_its_line_breaks(read):
    assert [each.key for each in read("a.csv", '"a\r\nb.jpg"\r\n')] == ["a\r\nb.jpg"]

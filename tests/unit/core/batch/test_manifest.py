"""Manifests in their three forms; what is wrong in one is told by its place and stops nothing."""

import pytest

from core.batch.manifest import entries
from core.errors import SetupError

GOOD = [("a.jpg", ""), ("b.jpg", "web")]


@pytest.fixture
def read(tmp_path):
    def written(name, text):
        path = tmp_path / name
        path.write_text(text)
        return entries(path)

    return written


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '["a.jpg", {"key": "b.jpg", "recipe": "web"}]'),
        ("a.jsonl", '"a.jpg"\n\n{"key": "b.jpg", "recipe": "web"}\n'),
        ("a.csv", "a.jpg\nb.jpg,web\n"),
        ("a.CSV", "recipe,key\n,a.jpg\nweb,b.jpg\n"),
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
    ],
)
def test_a_file_that_is_no_manifest_is_refused(read, name, text, why):
    with pytest.raises(SetupError, match=why):
        read(name, text)

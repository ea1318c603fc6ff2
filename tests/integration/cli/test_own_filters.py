"""Filters and recipes from any path."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[3]
TWINLENS = str(Path(sys.executable).with_name("twinlens"))
FILTER = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[0]
RECIPE = """
[[sizes]]
name = "s"
width = 9
height = 9
[[filters]]
name = "negative"
[[outputs]]
format = "png"
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "negative.py").write_text(FILTER)
    (tmp_path / "mine.toml").write_text(RECIPE)
    for name in ("a.png", "b.png"):  # two, so that other processes take them
        Image.new("RGB", (20, 20), (255, 0, 10)).save(tmp_path / name)
    return tmp_path


def run(folder, *arguments):
    return subprocess.run([TWINLENS, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_a_filter_and_a_recipe_of_one_s_own_are_used_where_they_are(folder):
    done = run(
        folder,
        "process",
        "a.png",
        "b.png",
        "--recipe",
        "mine.toml",
        "--filters",
        "own",
        "--out",
        "out",
        "--json",
    )
    assert done.returncode == 0, done.stderr
    [filtered] = [each["path"] for each in json.loads(done.stdout)[1]["files"] if "filtered" in each["path"]]
    assert Image.open(folder / filtered).getpixel((3, 3)) == (0, 255, 245)


def test_they_are_listed_with_their_parameters(folder):
    assert "amount" in json.loads(run(folder, "filters", "--filters", "own", "--json").stdout)["negative"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def apply(", "The filter negative can't be imported: SyntaxError"),
        ("import nothing_like_it", "The filter negative can't be imported: ModuleNotFoundError"),
        ("x = 1", "The filter negative has no function `apply(image, *, ...)`."),
    ],
)
def test_a_file_that_is_no_filter_is_named(folder, text, said):
    (folder / "own" / "negative.py").write_text(text)
    done = run(folder, "process", "a.png", "-r", "mine.toml", "--filters", "own", "--out", "out")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 1

"""A filter is one file and one test with a golden picture, and an output format one file and one test.

Both are added to a copy of the project, where every existing test of the photo core still has to pass.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PHOTO_TESTS = "tests/unit/core/photo"

FILTER = '''"""Turn the colours into their opposites."""

from typing import Annotated

from PIL.Image import Image, blend
from PIL.ImageOps import invert

from core.parameters import Between
from core.photo.alpha import colours_only


def apply(image: Image, *, amount: Annotated[float, Between(0, 1)] = 1.0) -> Image:
    """Return the picture moved ``amount`` of the way to its negative."""
    return colours_only(image, lambda rgb: blend(rgb, invert(rgb), amount))
'''
FILTER_TEST = """from PIL import Image

from core.photo.filters.negative import apply

EXAMPLES = {"": {"amount": 0.9}}


def test_colours_become_their_opposites() -> None:
    assert apply(Image.new("RGB", (2, 2), (255, 0, 10))).getpixel((0, 0)) == (0, 255, 245)
"""

FORMAT = '''"""TIFF, for printers."""

from io import BytesIO

from PIL import TiffImagePlugin
from PIL.Image import Image

from core.photo.formats import Settings

EXTENSION = "tif"
CONTENT_TYPE = "image/tiff"
TRANSPARENCY = True
LOSSLESS = True


def encode(image: Image, settings: Settings) -> bytes:
    """Return the picture as TIFF."""
    file = BytesIO()
    bare = image.copy()
    bare.info.clear()
    bare.save(file, TiffImagePlugin.TiffImageFile.format, compression="tiff_adobe_deflate")
    return file.getvalue()
'''
FORMAT_TEST = """from io import BytesIO

from PIL import Image

from core.photo.formats import Settings, tiff


def test_nothing_is_lost(colourful: Image.Image) -> None:
    assert Image.open(BytesIO(tiff.encode(colourful, Settings()))).tobytes() == colourful.tobytes()
"""
RECIPE = """
[[sizes]]
name = "small"
width = 40
height = 40

[[filters]]
name = "negative"
amount = 1

[[outputs]]
format = "tiff"
"""
MAKE = """
from io import BytesIO
from PIL import Image
from core import recipes
from core.job import Job, Source
from core.memory import MemoryStore
from core.steps import Tools, execute

file = BytesIO()
Image.new("RGB", (80, 80), (255, 0, 10)).save(file, "PNG")
tools = Tools(MemoryStore({"a": file.getvalue()}), MemoryStore(), recipes.load("mine"), 10**6, 10**6)
done = execute("process", Job("1" * 32, "mine", Source("in", "a", "e", 1), "x", "", ""), tools)
made = Image.open(BytesIO(tools.output.objects[f"jobs/{done.id}/filtered.tif"]))
print(made.getpixel((5, 5)), [each.content_type for each in done.artifacts])
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Copy what the photo core and its tests need."""
    for name in ("core", "recipes", "samples", "tools", "tests/unit/core"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def python(project: Path, *arguments: str, **variables: str) -> str:
    """Run Python in the copy and return what it printed; it must succeed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env={"PYTHONPATH": str(project), "TMPDIR": str(project), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def pytest_(project: Path, *arguments: str, **variables: str) -> str:
    return python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, **variables)


def test_a_filter_and_a_format_are_a_file_and_a_test_each(project: Path) -> None:
    (project / "core/photo/filters/negative.py").write_text(FILTER)
    (project / "core/photo/formats/tiff.py").write_text(FORMAT)
    (project / PHOTO_TESTS / "filters/test_negative.py").write_text(FILTER_TEST)
    (project / PHOTO_TESTS / "formats/test_tiff.py").write_text(FORMAT_TEST)
    before = set(project.rglob("*.png"))

    # What `make golden NAME=negative` runs.
    pytest_(project, f"{PHOTO_TESTS}/test_golden.py", "-k", "negative", TWINLENS_WRITE_GOLDEN="1")
    golden = {f"filter-negative-{mode}.png" for mode in ("RGB", "RGBA")}
    assert {path.name for path in set(project.rglob("*.png")) - before} == golden

    tests = [f"{PHOTO_TESTS}/{name}" for name in ("filters", "formats", "test_golden.py")]
    assert "failed" not in pytest_(project, *tests, "tests/unit/core/test_recipes.py")

    (project / "recipes/mine.toml").write_text(RECIPE)
    assert python(project, "-c", MAKE) == "(0, 255, 245) ['image/tiff', 'image/tiff']\n"


def test_a_filter_without_its_golden_picture_fails_and_says_what_makes_it(project: Path) -> None:
    (project / "core/photo/filters/negative.py").write_text(FILTER)
    (project / PHOTO_TESTS / "filters/test_negative.py").write_text(FILTER_TEST)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", f"{PHOTO_TESTS}/test_golden.py", "-k", "negative"],
        cwd=project,
        env={"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "make golden NAME=" in done.stdout

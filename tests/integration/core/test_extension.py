"""The test of the architecture: a filter is one file, a step is one file and one line, on both clouds."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

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

RECIPE = """
[[sizes]]
name = "small"
width = 40
height = 40

[[filters]]
name = "negative"
amount = 1

[[outputs]]
format = "png"
"""

STEP = '''"""Count the artifacts."""

READS = frozenset({"output"})
WRITES = frozenset({"output"})


def run(job, tools):
    """Write how many artifacts there are."""
    count = sum(bool(tools.output.get(each.key, 10**6)) for each in job.artifacts)
    tools.output.put(f"{job.output_prefix}count.txt", str(count).encode(), "text/plain")
    return job
'''

RUN = """
import json
from io import BytesIO
from pathlib import Path
from PIL import Image
import core
from core import recipes
from core.job import Job, Source
from core.memory import MemoryStore
from core.steps import Tools, execute
from core.workflow.photo import PIPELINE
from components.aws.state_machine.compiler import compile_workflow
from handlers.azure import function_app

file = BytesIO()
Image.new("RGB", (80, 80), (255, 0, 10)).save(file, "PNG")
tools = Tools(MemoryStore({"a": file.getvalue()}), MemoryStore(), recipes.load("mine"), 10**6, 10**6)
job = Job("1" * 32, "mine", Source("in", "a", "e", 1), "x", "", "")
for step in PIPELINE.steps():
    job = execute(step.name, job, tools)
made = Image.open(BytesIO(tools.output.objects[f"jobs/{job.id}/filtered.png"]))
print(json.dumps({
    "core": core.__file__,
    "pixel": made.getpixel((5, 5)),
    "count": tools.output.objects[f"jobs/{job.id}/count.txt"].decode(),
    "states": list(compile_workflow(PIPELINE, 30)["States"]),
    "activities": [each.get_function_name() for each in function_app.app.get_functions()],
}))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("core", "recipes", "components", "handlers"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_a_filter_and_a_step_need_nothing_else(project: Path) -> None:
    (project / "core/photo/filters/negative.py").write_text(FILTER)
    (project / "recipes/mine.toml").write_text(RECIPE)
    (project / "core/steps/count.py").write_text(STEP)
    pipeline = project / "core/workflow/photo.py"
    text = pipeline.read_text()
    line = '        step("optimize"),\n'
    assert text.count(line) == 1
    pipeline.write_text(text.replace(line, line + '        step("count"),\n'))

    done = subprocess.run(
        [sys.executable, "-c", RUN], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert Path(seen["core"]).is_relative_to(project)
    assert seen["pixel"] == [0, 255, 245]
    assert seen["count"] == "2"
    assert "count" in seen["states"]
    assert "count" in seen["activities"]

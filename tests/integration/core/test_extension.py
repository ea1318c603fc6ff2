"""The architecture's own test: a filter is a file, a step a file and a line, other retries are a line."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.workflow.granularity import GRANULARITIES

ROOT = Path(__file__).parents[3]

# As the README prints them, imports included.
FILTER, GATE = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)

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

# Runs two photos through every granularity, in memory, and says what became of them.
RUN = """
import json
from io import BytesIO
from PIL import Image
import core
from core import recipes
from core.job import Job, Source
from core.memory import MemoryLedger, MemoryNotifier, MemoryStore
from core.memory.host import MemoryHost
from core.steps import Tools
from core.workflow.activities import activities
from core.workflow.granularity import GRANULARITIES, all_steps, pipeline_in
from components.aws.state_machine.compiler import compile_workflow
from handlers.azure import function_app

file = BytesIO()
Image.new("RGB", (80, 80), (255, 0, 10)).save(file, "PNG")
photos = MemoryStore({"good.png": file.getvalue(), "unwanted.png": file.getvalue()})
runs = {}
for granularity in GRANULARITIES:
    workflow = pipeline_in(granularity)
    for key in photos.objects:
        made, ledger, notifier = MemoryStore(), MemoryLedger(), MemoryNotifier()
        tools = Tools(photos, made, recipes.load("mine"), 10**6, 10**6)
        job = Job(key.encode().hex().ljust(32, "0"), "mine", Source("in", key, "e", 1), "", "", "")
        ports = {"claims": lambda: ledger, "notifier": lambda: notifier, "tools": lambda: tools}
        done = MemoryHost(job.to_document(), activities(all_steps(), **ports)).run(workflow)
        made.objects = {name.rpartition("/")[2]: data for name, data in made.objects.items()}
        runs[granularity + " " + key] = {
            "state": ledger.get(job.id).state,
            "error": done["error"],
            "steps": [each["step"] for each in done["trace"]],
            "outputs": sorted(made.objects),
            "count": made.objects.get("count.txt", b"").decode(),
            "pixel": "filtered.png" in made.objects
            and Image.open(BytesIO(made.objects["filtered.png"])).getpixel((5, 5)),
        }
print(json.dumps({
    "core": core.__file__,
    "runs": runs,
    "compiled": {each: compile_workflow(pipeline_in(each), 30)["States"] for each in GRANULARITIES},
    "activities": [each.get_function_name() for each in function_app.app.get_functions()],
}))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("core", "recipes", "components", "handlers"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "recipes/mine.toml").write_text(RECIPE)
    (tmp_path / "core/photo/filters/negative.py").write_text(FILTER)
    return tmp_path


def change(project: Path, step: str, *lines: str) -> None:
    """Put lines in the place of the definition's line of a step."""
    definition = project / "core/workflow/photo.py"
    line = re.compile(rf'^ +\*step\("{step}".*\n', re.MULTILINE)
    text, changed = line.subn("".join(f"        {each}\n" for each in lines), definition.read_text())
    assert changed == 1
    definition.write_text(text)


def run(project: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", RUN], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    assert Path(seen["core"]).is_relative_to(project)
    return seen


def test_a_filter_and_a_step_need_nothing_else(project: Path) -> None:
    (project / "core/steps/count.py").write_text(STEP)
    change(project, "optimize", '*step("optimize"),', '*step("count"),')

    seen = run(project)

    for granularity in GRANULARITIES:
        done = seen["runs"][f"{granularity} good.png"]
        assert (done["state"], done["count"], done["pixel"]) == ("succeeded", "2", [0, 255, 245])
        assert "count" in seen["compiled"][granularity]
    assert "count" in seen["activities"]


def test_a_gate_keeps_what_it_rejects_from_all_that_stands_behind_it(project: Path) -> None:
    (project / "core/steps/moderate.py").write_text(GATE)
    change(project, "validate", '*step("validate"),', '*step("moderate"),')

    seen = run(project)

    for granularity in GRANULARITIES:
        good, unwanted = (seen["runs"][f"{granularity} {key}.png"] for key in ("good", "unwanted"))
        assert good["state"] == "succeeded"
        assert {"filtered.png", "small.png"} <= set(good["outputs"])
        assert good["steps"][:2] == ["validate", "moderate"]
        assert unwanted == {
            "state": "rejected",
            "error": {"name": "PhotoError", "message": "Nobody wants to see it."},
            "steps": ["validate", "moderate"],
            "outputs": [],
            "count": "",
            "pixel": False,
        }
        states = seen["compiled"][granularity]
        assert states["validate_passed"]["Default"] == "moderate"
        assert states["moderate"]["Next"] == "moderate_passed"
        [diversion] = states["moderate_passed"]["Choices"]
        assert diversion["Next"] == "record_rejected"
    assert "moderate" in seen["activities"]


def test_other_retries_for_one_step_are_one_line_and_touch_no_other(project: Path) -> None:
    before = run(project)["compiled"]["stepwise"]
    change(
        project,
        "optimize",
        '*step("optimize", retry=(Retry(retryable_names(), max_attempts=7), *PLATFORM)),',
    )

    after = run(project)["compiled"]["stepwise"]

    ours, *platform = after["optimize"].pop("Retry")
    ours_before, *platform_before = before["optimize"].pop("Retry")
    assert ours == {**ours_before, "MaxAttempts": 7}
    assert platform == platform_before
    assert after == before

"""Equal settings make equal inputs, whatever order this Python keeps sets in: else every `up` is a change."""

import json
import os
import subprocess
import sys
from pathlib import Path

from core.workflow.granularity import all_steps

ROOT = Path(__file__).parents[3]
RUN = """
import json, runpy, sys
from pathlib import Path
from components import packaging
from core.workflow.granularity import all_steps
conftest = runpy.run_path("tests/infra/conftest.py")
path = Path(sys.argv[1]) / "code-0123456789abcdef.zip"
path.write_bytes(b"PK")
packaging.build = lambda cloud, architecture, texts=None, parts=(): path

def inputs(cloud, orchestrator):
    graph = conftest["run_program"](
        {"cloud": cloud, "orchestrator": orchestrator, "notifyEmail": "ops@example.com"}
    )
    made = {f"{each.type} {each.name}": each.inputs for each in graph.resources}
    told = json.dumps(made, default=lambda value: getattr(value, "path", str(type(value))), sort_keys=True)
    return json.loads(told)

print(json.dumps({
    "order": list({step.name for step in all_steps()}),
    "aws": inputs("aws", "express"),  # a standard machine is there besides
    "azure": inputs("azure", "storage"),
}))
"""


def test_the_order_of_sets_changes_nothing(tmp_path):
    runs = []
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", RUN, str(tmp_path)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "tests" / "support")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    one, other = runs
    orders = one.pop("order"), other.pop("order")
    assert orders[0] != orders[1], "these seeds keep the steps in the same order: take others"
    assert sorted(orders[0]) == sorted(step.name for step in all_steps())
    for cloud in one:
        assert one[cloud].keys() == other[cloud].keys()
        for resource, asked in one[cloud].items():
            assert asked == other[cloud][resource], resource

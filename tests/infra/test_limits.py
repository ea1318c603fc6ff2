"""docs/limits.md and the tests of a live account name each other, and the workflow runs these."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "limits.md").read_text()
WORKFLOW = ROOT / ".github" / "workflows" / "test-cloud.yml"


def test_every_live_test_stands_in_the_page_and_every_named_test_exists():
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    defined = re.findall(r"^def (test_\w+)", (ROOT / "tests/cloud/test_life.py").read_text(), re.MULTILINE)
    assert named == set(defined)


def test_every_row_has_a_test():
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "not known" not in line]
    assert rows
    for row in rows:
        cells = [each.strip() for each in row.strip("|").split("|")]
        assert all(cells), row
        assert len(cells) in (2, 3)


def test_the_workflow_is_started_by_hand_in_an_environment_of_its_own():
    workflow = yaml.safe_load(WORKFLOW.read_text())
    assert set(workflow[True]) == {"workflow_dispatch"}  # YAML reads "on" as true
    assert workflow["permissions"] == {}
    (job,) = workflow["jobs"].values()
    assert job["environment"] == "throw-away"
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    assert "secrets." not in WORKFLOW.read_text()
    assert job["steps"][-1]["run"] == 'make test-cloud NEW="$NEW"'
    actions = [step["uses"] for step in job["steps"] if "uses" in step]
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action) for action in actions)

"""docs/security.md names tests and tools that exist, and what it says of downloads is so."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
HELD = sorted(set(re.findall(r"`((?:tests|tools)/[^`]+)`", PAGE)))


@pytest.mark.parametrize("held", HELD)
def test_what_holds_a_line_exists(held):
    path, _, name = held.partition("::")
    assert (ROOT / path).exists()
    assert not name or f"def {name}(" in (ROOT / path).read_text()


def test_every_threat_has_what_holds_it():
    rows = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| ")]
    threats = [row for row in rows if len(row) == 3 and ("tests/" in row[2] or "tools/" in row[2])]
    assert len(threats) >= 20
    _, _, below = PAGE.partition("## Threats")
    listed = [line for line in below.splitlines() if line.startswith("| ") and "held by" not in line]
    assert len(listed) == len(threats)


def test_every_python_package_that_is_installed_has_a_hash():
    locks = sorted((ROOT / "locks").glob("*.txt"))
    assert len(locks) >= 5
    for lock in locks:
        pinned = re.findall(r"^[a-z0-9][\w.-]*(?:\[[\w,-]+\])?==.*$", lock.read_text(), re.MULTILINE)
        assert pinned, lock.name
        assert all(line.endswith("\\") for line in pinned), lock.name


@pytest.mark.parametrize("lock", ["local/package-lock.json", "benchmarks/package-lock.json"])
def test_every_npm_package_has_a_hash(lock):
    packages = json.loads((ROOT / lock).read_text())["packages"]
    assert [name for name, each in packages.items() if name and "integrity" not in each] == []


def test_every_workflow_pins_its_actions_to_commits():
    workflows = [*(ROOT / ".github" / "workflows").glob("*.yml"), ROOT / "docs" / "github" / "deploy.yml"]
    assert len(workflows) >= 3
    for workflow in workflows:
        for action in re.findall(r"uses: (\S+)", workflow.read_text()):
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), (workflow.name, action)

"""Continuous integration and the commit hooks: valid, pinned, and running the project's own commands."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"


def steps():
    return yaml.safe_load(WORKFLOW.read_text())["jobs"]["test"]["steps"]


def test_it_runs_what_the_repository_s_own_check_runs():
    [command] = re.findall(r"^exec (.+)$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert [step["run"] for step in steps() if "run" in step] == [command]


def test_it_may_read_the_repository_and_nothing_else():
    workflow = yaml.safe_load(WORKFLOW.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    assert "permissions" not in workflow["jobs"]["test"]
    assert "secrets." not in WORKFLOW.read_text()


def test_every_action_is_pinned_to_a_commit():
    actions = [step["uses"] for step in steps() if "uses" in step]
    assert actions
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action) for action in actions)


def test_what_decides_about_the_cache_exists():
    [cache] = [step["with"] for step in steps() if "key" in step.get("with", {})]
    patterns = re.findall(r"'([^']+)'", cache["key"])
    assert patterns
    assert all(any(ROOT.glob(pattern)) for pattern in patterns)


def test_commit_hooks_run_the_tools_that_make_lint_runs():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [each["repo"] for each in config["repos"]] == ["local"]
    hooks = {hook["entry"].split()[0] for each in config["repos"] for hook in each["hooks"]}
    rule = (ROOT / "Makefile").read_text().split("\nlint:")[1].split("\n\n")[0]
    assert hooks == {f".venv/bin/{tool}" for tool in re.findall(r"\$\(BIN\)/([\w-]+)", rule)}

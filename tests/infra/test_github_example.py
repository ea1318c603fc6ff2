"""The example workflow: pinned, with least permissions, and its own shell steps run here."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from local import state

EXAMPLE = state.CHECKOUT / "docs" / "github" / "deploy.yml"
GUIDE = state.CHECKOUT / "docs" / "deploy-github.md"
# Stands in for GitHub's own command line: notes what it is asked for, and knows of one earlier comment.
GH = """#!/bin/sh
printf '%s\n' "$*" >> gh.log
case "$*" in *--paginate*) echo "$EARLIER" ;; esac
"""


@pytest.fixture(scope="module")
def workflow():
    return yaml.safe_load(EXAMPLE.read_text())


def steps(workflow, job):
    return {each["name"]: each for each in workflow["jobs"][job]["steps"] if "name" in each}


def comment(workflow):
    return steps(workflow, "preview")["Comment on the pull request"]


@pytest.fixture
def shell(tmp_path):
    """Run a step's script in a folder that looks like the checkout, with GitHub's variables."""
    for each in state.CHECKOUT.iterdir():
        if each.name not in {".git", ".twinlens"}:
            (tmp_path / each.name).symlink_to(each)
    tools = tmp_path / "tools-of-the-runner"
    tools.mkdir()
    (tools / "gh").write_text(GH)
    (tools / "gh").chmod(0o755)

    def run(step, **variables):
        path = variables.pop("PATH", os.environ["PATH"])
        environment = {
            **os.environ,
            "PATH": os.pathsep.join((str(tools), str(Path(sys.executable).parent), path)),
            "GITHUB_PATH": str(tmp_path / "path"),
            "GITHUB_REPOSITORY": "owner/repository",
            "IMAGES_PER_MONTH": "100000",
            **variables,
        }
        options = ["-e", "-o", "pipefail"] if step.get("shell") == "bash" else ["-e"]
        done = subprocess.run(
            ["bash", *options, "-c", step["run"]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return tmp_path

    return run


def test_actions_are_pinned_and_permissions_are_the_least(workflow):
    uses = re.findall(r"uses: (\S+)(?: # (v\S+))?", EXAMPLE.read_text())
    assert uses
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action) and version for action, version in uses)
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["up"]["permissions"] == {"contents": "read", "id-token": "write"}
    assert workflow["jobs"]["preview"]["permissions"] == {
        "contents": "read",
        "id-token": "write",
        "pull-requests": "write",
    }


def test_no_secret_is_stored_with_the_workflow():
    assert "secrets." not in EXAMPLE.read_text()
    assert "PASSPHRASE" not in EXAMPLE.read_text()
    told = GUIDE.read_text()
    assert "awskms://" in told
    assert "azurekeyvault://" in told


def test_the_guide_names_every_variable_and_secret(workflow):
    asked = set(re.findall(r"(?:vars|secrets)\.(\w+)", EXAMPLE.read_text()))
    told = GUIDE.read_text()
    assert asked
    assert all(f"`{name}`" in told for name in asked)


def test_it_installs_the_pulumi_that_the_project_is_locked_to(workflow):
    assert (
        f"\npulumi=={workflow['env']['PULUMI_VERSION']} "
        in (state.CHECKOUT / "locks" / "project.txt").read_text()
    )


def test_both_jobs_set_up_alike_and_find_the_project_s_commands(workflow, shell, tmp_path):
    python = tmp_path / "tools-of-the-runner" / "python"  # the real one would renew the environment we run in
    python.write_text('#!/bin/sh\nprintf "%s " "$@" > python.log\n')
    python.chmod(0o755)
    assert steps(workflow, "preview")["Set up"] == steps(workflow, "up")["Set up"]
    folder = shell(steps(workflow, "up")["Set up"])
    assert (folder / "python.log").read_text() == "-m local.toolchain.bootstrap "
    assert (folder / "path").read_text() == f"{folder}/.venv/bin\n"


def test_a_pull_request_gets_a_comment(workflow, shell):
    folder = shell(comment(workflow), STACK="aws", PULL_REQUEST="7", EARLIER="")
    listed, posted = (folder / "gh.log").read_text().splitlines()
    assert "### Twinlens, stack aws" in listed
    assert posted == "api --method POST repos/owner/repository/issues/7/comments --field body=@comment.md"


def test_a_later_push_changes_the_comment(workflow, shell):
    folder = shell(comment(workflow), STACK="aws", PULL_REQUEST="7", EARLIER="41\n42")
    assert (folder / "gh.log").read_text().splitlines()[-1] == (
        "api --method PATCH repos/owner/repository/issues/comments/42 --field body=@comment.md"
    )


def times(folder):
    """Return when each file and folder was changed, a lock that came and went included."""
    return {path: path.stat().st_mtime_ns for path in (folder, *folder.rglob("*"))}


@pytest.mark.e2e
def test_the_comment_tells_of_the_change_and_the_bill(workflow, shell, local_stacks):
    """On one stack: the other one is deployed below, by the same tools."""
    stack = "azure-local"
    step = steps(workflow, "preview")["Preview and estimate"]
    state = Path.from_uri(local_stacks.state.pulumi.backend)
    before = times(state)
    folder = shell(step, STACK=stack, **local_stacks.environment)
    assert times(state) == before, "a preview writes nothing to the state, so its identity only reads"
    comment = (folder / "comment.md").read_text()
    assert comment.startswith(f"### Twinlens, stack {stack}\n```\nPreviewing update")
    assert re.search(r"\nResources:\n +\d+ unchanged\n", comment), "a stack that is up has nothing to change"
    assert "100,000 photos a month: $" in comment


@pytest.mark.e2e
def test_main_is_deployed(workflow, shell, local_stacks):
    shell(steps(workflow, "up")["Deploy"], STACK="aws-local", **local_stacks.environment)

"""The stacks as a person finds them after ``eval "$(twinlens local env)"``."""

import os
import subprocess

import pytest

from local import state
from local.stack import LocalStack

pytestmark = pytest.mark.e2e


def test_both_clouds_export_the_same_names(local_stacks):
    aws, azure = (local_stacks.outputs[name] for name in LocalStack)
    assert aws.keys() == azure.keys()
    assert (aws["cloud"], azure["cloud"]) == ("aws", "azure")


@pytest.mark.parametrize("name", list(LocalStack))
def test_a_persons_own_preview_shows_no_change_and_writes_nothing(local_stacks, name):
    settings = state.CHECKOUT / f"Pulumi.{name}.yaml"
    before = settings.read_bytes()
    told = subprocess.run(
        ["pulumi", "preview", "--stack", name, "--expect-no-changes", "--non-interactive"],
        cwd=state.CHECKOUT,
        env={**os.environ, **local_stacks.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout
    assert settings.read_bytes() == before

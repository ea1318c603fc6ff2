"""The stacks as a person finds them after ``eval "$(twinlens local env)"``."""

import os
import subprocess

import pytest

from local import state
from local.environment import LocalStack

pytestmark = pytest.mark.e2e


def test_both_clouds_export_the_same_names(local_stacks):
    aws, azure = (local_stacks.outputs[name] for name in LocalStack)
    assert aws.keys() == azure.keys()
    assert (aws["cloud"], azure["cloud"]) == ("aws", "azure")


def test_a_persons_own_preview_shows_no_change_and_writes_nothing(local_stacks):
    """On one stack: tests/infra/test_github_example.py previews the other one."""
    settings = state.CHECKOUT / "Pulumi.aws-local.yaml"
    before = settings.read_bytes()
    told = subprocess.run(
        ["pulumi", "preview", "--stack", "aws-local", "--expect-no-changes", "--non-interactive"],
        cwd=state.CHECKOUT,
        env={**os.environ, **local_stacks.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout
    assert settings.read_bytes() == before


# A mistake further in than the SDK looks, and what the engine then tells; the same kinds as on AWS are in
# tests/integration/local/providers/test_engine.py.
MISTAKES = {
    'azure.storage.StorageAccount("a", resource_group_name="g", kind="Storage", sku={"nmae": "x"})': (
        "there is no property 'nmae' (did you mean 'name'?)"
    ),
    'azure.storage.BlobContainer("c", resource_group_name="g", account_name="a", public_access="Nobody")': (
        "'Nobody' is not allowed"
    ),
}


@pytest.mark.parametrize(("statement", "told"), MISTAKES.items(), ids=["property", "value"])
def test_a_misspelt_argument_fails_as_it_would_in_the_cloud(local_stacks, tmp_path, statement, told):
    (tmp_path / "Pulumi.yaml").write_text("name: mistaken\nruntime: python\n")
    (tmp_path / "__main__.py").write_text(f"import pulumi_azure_native as azure\n{statement}\n")

    def pulumi(*arguments):
        return subprocess.run(
            ["pulumi", "--non-interactive", "--color", "never", *arguments, "--stack", "mistaken"],
            cwd=tmp_path,
            env={**os.environ, **local_stacks.environment},
            capture_output=True,
            text=True,
            check=False,
        )

    assert pulumi("stack", "select", "--create").returncode == 0
    tried = pulumi("preview")
    assert tried.returncode != 0
    assert told in tried.stdout + tried.stderr
    assert pulumi("stack", "rm", "--yes").returncode == 0

import json
import os
import sys

import pytest

from bench import stack
from bench.stack import DeployedStack
from core.errors import SetupError
from local.errors import NotRunning


@pytest.fixture
def pulumi(tmp_path, monkeypatch):
    """Put a `pulumi` on PATH that prints or fails as told."""

    def install(*, prints="", fails=""):
        path = tmp_path / "bin" / "pulumi"
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            f"#!{sys.executable}\nimport sys\nsys.stdout.write({prints!r})\nsys.exit({fails!r} or 0)\n"
        )
        path.chmod(0o755)
        monkeypatch.setenv("PATH", str(path.parent))

    return install


def test_connects_to_the_cloud_that_the_outputs_name(pulumi, monkeypatch, clouds_made):
    pulumi(prints=json.dumps({"cloud": "azure", "inputPrefix": "incoming/"}))
    found = DeployedStack.of("prod")
    assert found.where == "cloud"
    assert found.connection == "the azure cloud"
    assert found.key("a b.jpg") == "incoming/a b.jpg"


@pytest.fixture
def clouds_made(monkeypatch):
    monkeypatch.setattr(stack, "connect", lambda outputs: f"the {outputs['cloud']} cloud")


def test_a_local_stack_is_reached_through_the_emulators(pulumi, monkeypatch, clouds_made):
    monkeypatch.setattr("local.environment.variables", lambda: {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    pulumi(prints=json.dumps({"cloud": "aws"}))
    assert DeployedStack.of("aws-local").where == "emulator"
    assert os.environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"


def test_says_when_the_emulators_are_down(tmp_path, monkeypatch):
    monkeypatch.setenv("TWINLENS_LOCAL", str(tmp_path / "local.json"))
    with pytest.raises(NotRunning, match="twinlens local up"):
        DeployedStack.of("aws-local")


def test_says_when_there_is_no_pulumi(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match="Pulumi CLI is not on PATH"):
        DeployedStack.of("prod")


def test_says_when_there_is_no_such_stack(pulumi):
    pulumi(fails="error: no stack named 'prod' found\n")
    with pytest.raises(SetupError, match="cannot read the stack 'prod': no stack named 'prod' found"):
        DeployedStack.of("prod")


def test_says_when_nothing_is_deployed(pulumi):
    pulumi(prints="{}")
    with pytest.raises(SetupError, match="Nothing is deployed in the stack 'prod'"):
        DeployedStack.of("prod")

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.local import app
from local import emulators, stack, state
from local.state import AwsEmulator, AzureEmulator, LocalState, PulumiBackend
from local.toolchain import pulumi

NAMES = ("ministack", "azurite", "azure-host")
RUNNING = LocalState(
    aws=AwsEmulator("http://127.0.0.1:4566", 1, "us-east-1"),
    azure=AzureEmulator(
        "http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3", "k'ey", ("one",), "http://c", {}
    ),
    pulumi=PulumiBackend("/home", "file:///stacks", "words"),
)


@pytest.fixture
def done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the commands did, on emulators that take no time."""
    did: list[str] = []
    monkeypatch.setenv("TWINLENS_LOCAL", str(tmp_path / "local.json"))
    monkeypatch.setattr(emulators, "up", lambda: did.append("up"))
    monkeypatch.setattr(emulators, "down", lambda: did.append("down") or True)
    monkeypatch.setattr(emulators, "status", lambda: dict.fromkeys(NAMES, True))
    monkeypatch.setattr(stack, "up", did.append)
    monkeypatch.setattr(stack, "outputs", lambda name: {"cloud": "aws"} if name == "aws-local" else {})
    monkeypatch.setattr(pulumi, "ensure", lambda: Path("/tools"))
    return did


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["up", "aws-local", "azure-local"]),
        (["--stack", "azure-local"], ["up", "azure-local"]),
        (["--no-deploy"], ["up"]),
    ],
)
def test_up_deploys_what_is_asked_for(done: list[str], options: list[str], expected: list[str]) -> None:
    result = CliRunner().invoke(app, ["up", *options])
    assert result.exit_code == 0
    assert done == expected
    assert "twinlens local env" in result.output


def test_an_unknown_stack_is_wrong_usage(done: list[str]) -> None:
    assert CliRunner().invoke(app, ["up", "--stack", "aws"]).exit_code == 2
    assert done == []


def test_down_says_whether_anything_ran(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "are stopped" in CliRunner().invoke(app, ["down"]).output
    monkeypatch.setattr(emulators, "down", lambda: False)
    assert "No emulators were running" in CliRunner().invoke(app, ["down"]).output


def test_status_shows_addresses_and_stacks(done: list[str]) -> None:
    state.save(RUNNING)
    result = CliRunner().invoke(app, ["status", "--json"])
    assert result.exit_code == 0
    told = json.loads(result.output)
    assert told["emulators"] == dict.fromkeys(NAMES, True)
    assert told["addresses"]["ministack"] == "http://127.0.0.1:4566"
    assert told["deployed"] == {"aws-local": True, "azure-local": False}
    assert "not deployed" in CliRunner().invoke(app, ["status"]).output


def test_status_fails_unless_all_runs(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emulators, "status", lambda: dict.fromkeys(NAMES, False))
    result = CliRunner().invoke(app, ["status"])
    assert result.exit_code == 1
    assert "not running" in result.output

import json
import shlex
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from local_commands import NAMES, RUNNING
from typer.testing import CliRunner

from cli import local
from cli.local import app
from core.errors import SetupError
from local import emulators, notifications, state


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


def test_env_can_be_undone(done: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Both sets of lines are run by a shell that had an account of its own."""
    state.save(RUNNING)
    monkeypatch.setenv("AWS_PROFILE", "my own")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    there = CliRunner().invoke(app, ["env"]).output
    assert "unset AWS_PROFILE" in there
    assert "export AWS_ENDPOINT_URL=http://127.0.0.1:4566" in there
    (before,) = (line for line in there.splitlines() if line.startswith("export TWINLENS_BEFORE="))
    monkeypatch.setenv("TWINLENS_BEFORE", shlex.split(before)[1].partition("=")[2])
    back = CliRunner().invoke(app, ["env", "--unset"]).output.splitlines()
    assert {"export AWS_PROFILE='my own'", "unset AWS_ENDPOINT_URL", "unset TWINLENS_BEFORE"} <= set(back)


def test_there_is_nothing_to_undo_in_a_fresh_shell(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TWINLENS_BEFORE", raising=False)
    assert isinstance(CliRunner().invoke(app, ["env", "--unset"]).exception, SetupError)


type Looks = list[list[tuple[str, dict[str, object]]]]

LINK = "http://127.0.0.1:7071/api/review_page?job=3f2a5c0d9e11aa&key=" + "k" * 90
ASKED = {
    "id": "3f2a5c0d9e11aa",
    "state": "awaiting_approval",
    "source": {"key": "incoming/a\x1b[2Jb.jpg"},
    "error": None,
    "flags": ["animated", "location"],
    "review": {"deadline": "2026-11-28T13:00:00Z"},
    "link": LINK,
}
FAILED = {**ASKED, "state": "rejected", "error": {"name": "NotAPhoto", "message": "It is a [b]poem[/b]."}}


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Looks:
    """What is heard at each look; then somebody presses Ctrl-C."""
    looks: Looks = []

    def take() -> list[tuple[str, dict[str, object]]]:
        if not looks:
            raise KeyboardInterrupt
        return looks.pop(0)

    stand = SimpleNamespace(outputs={}, check=lambda: None)
    monkeypatch.setattr(local, "DeployedStack", SimpleNamespace(of=lambda name: stand))
    monkeypatch.setattr(local, "POLL_SECONDS", 0)
    monkeypatch.setattr(notifications, "subscribed", lambda outputs: nullcontext(take))
    return looks


def test_listening_prints_what_comes_until_it_is_ended(
    heard: Looks,
) -> None:
    heard += [[("review", ASKED)], [], [("error", {**FAILED, "link": ""})]]
    result = CliRunner().invoke(app, ["listen", "-s", "aws-local"])
    assert result.exit_code == 0
    asked, link, failed = result.stdout.splitlines()
    assert link.strip() == LINK, "in one line"
    assert asked.startswith("review    3f2a5c0d9e11  incoming/a")
    assert asked.endswith("awaiting_approval  animated, location; until 2026-11-28T13:00:00Z")
    assert failed.endswith("rejected  NotAPhoto: It is a [b]poem[/b].")
    assert "\x1b" not in result.stdout


def test_listening_ends_after_so_many(heard: Looks) -> None:
    heard += [[("error", FAILED)], [("review", ASKED)]]
    result = CliRunner().invoke(app, ["listen", "-s", "azure-local", "--count", "1", "--json"])
    assert json.loads(result.stdout) == {"topic": "error", **FAILED}
    assert heard == [[("review", ASKED)]]

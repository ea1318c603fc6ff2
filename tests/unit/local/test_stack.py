"""Commands on local stacks, without Pulumi."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from pulumi.automation import CommandError, CommandResult

from local import stack, state
from local.errors import StackFailed
from local.state import AwsEmulator, AzureEmulator, LocalState, PulumiBackend
from local.toolchain import cache

NO_PID = 2**22 + 1  # Linux has none above 2**22


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set-up in a folder with spaces and letters of another language."""
    here = tmp_path / "my proj ü"
    here.mkdir()
    monkeypatch.setenv("TWINLENS_LOCAL", str(here / "local.json"))
    azure = AzureEmulator("http://b", "http://q", "http://t", "key", ("one",), "http://c", "token", {})
    state.save(
        LocalState(
            aws=AwsEmulator("http://127.0.0.1:1", 1, "us-east-1", "AKIA", "secret"),
            azure=azure,
            pulumi=PulumiBackend(str(here / "home"), (here / "stacks").as_uri(), "words"),
        )
    )
    return here


def deployed(up: Callable[..., Any] = lambda **_: None) -> Any:
    """Return what stands for a stack of Pulumi's; it notes whether it was cancelled."""
    made = SimpleNamespace(name="aws-local", cancelled=0, up=up)
    made.workspace = SimpleNamespace(list_stacks=lambda: [made])
    made.command = SimpleNamespace(asked="up", reason=lambda: "")

    def cancel() -> None:
        made.cancelled += 1

    made.cancel = cancel
    return made


@pytest.mark.parametrize("held", [json.dumps({"pid": NO_PID}), "", '{"pid"'], ids=["whole", "empty", "cut"])
def test_the_lock_of_a_killed_run_is_taken_away_whatever_the_path(folder: Path, held: str) -> None:
    lock = folder / "stacks/.pulumi/locks/organization/twinlens/aws-local/id.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(held)
    locked = deployed()

    stack._free(locked)

    assert locked.cancelled == 1


def test_without_a_lock_nothing_is_cancelled(folder: Path) -> None:
    free = deployed()

    stack._free(free)

    assert free.cancelled == 0


def test_two_deployments_at_once_take_turns(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[str] = []
    begun, waiting, go = Event(), Event(), Event()

    def up(**_: object) -> Any:
        turns.append("begins")
        begun.set()
        assert go.wait(60)
        turns.append("ends")
        return SimpleNamespace(outputs={})

    monkeypatch.setattr(stack, "_open", lambda name, project: deployed(up))
    monkeypatch.setattr(cache, "say", lambda text: waiting.set())
    with ThreadPoolExecutor(2) as terminals:
        first = terminals.submit(stack.up, "aws-local")
        assert begun.wait(60)
        second = terminals.submit(stack.up, "aws-local")
        assert waiting.wait(60)
        go.set()

    assert (first.result(), second.result()) == ({}, {})
    assert turns == ["begins", "ends", "begins", "ends"]


def test_a_state_that_was_cut_short_says_the_way_out(folder: Path) -> None:
    said = ["failed to load checkpoint: unexpected end of JSON input"]

    with (
        pytest.raises(StackFailed, match="`twinlens local down`, then `twinlens local up`"),
        stack._explained(deployed(), said),
    ):
        raise CommandError(CommandResult("", "", 255))

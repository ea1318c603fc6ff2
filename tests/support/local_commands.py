"""The commands of ``twinlens local`` on emulators that take no time."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli import local
from local import emulators, stack
from local.state import AwsEmulator, AzureEmulator, LocalState, PulumiBackend
from local.toolchain import pulumi

NAMES = ("ministack", "azurite", "azure-host")
RUNNING = LocalState(
    aws=AwsEmulator("http://127.0.0.1:4566", 1, "us-east-1", "AKIA", "secret"),
    azure=AzureEmulator(
        *(f"http://127.0.0.1:{number}" for number in (1, 2, 3)), "k'ey", ("one",), "http://c", "token", {}
    ),
    pulumi=PulumiBackend("/home", "file:///stacks", "words"),
)


@pytest.fixture
def done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the commands did."""
    did: list[str] = []
    monkeypatch.setenv("TWINLENS_LOCAL", str(tmp_path / "local.json"))
    monkeypatch.setattr(emulators, "up", lambda: did.append("up"))
    monkeypatch.setattr(emulators, "down", lambda: did.append("down") or True)
    monkeypatch.setattr(emulators, "status", lambda: dict.fromkeys(NAMES, True))
    monkeypatch.setattr(local, "enter", lambda: None)
    monkeypatch.setattr(stack, "up", did.append)
    monkeypatch.setattr(stack, "outputs", lambda name: {"cloud": "aws"} if name == "aws-local" else {})
    monkeypatch.setattr(pulumi, "ensure", lambda: Path("/tools"))
    return did

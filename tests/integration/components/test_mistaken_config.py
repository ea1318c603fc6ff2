"""A stack's file with several mistakes, through the real engine: all are told before anything is made."""

import os
import sys
from pathlib import Path

import pytest
from pulumi.automation import CommandError

from bench.project import root
from components.engine import Command, Events, PulumiStack
from local.toolchain import pulumi

FILE = """config:
  twinlens:cloud: azure
  twinlens:memoryMb: much
  keepData: perhaps
  twinlens:granulrity: fused
"""


@pytest.fixture
def stack(tmp_path, monkeypatch):
    monkeypatch.delenv("TWINLENS_LOCAL", raising=False)  # of other tests' emulators
    for name in ("Pulumi.yaml", "__main__.py"):
        (tmp_path / name).write_text((root() / name).read_text())
    tools = pulumi.ensure()
    environment = {
        "PATH": os.pathsep.join((str(tools), str(Path(sys.executable).parent), os.environ["PATH"])),
        "PYTHONPATH": str(root()),
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": tmp_path.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    made = PulumiStack("dev", tmp_path, Command(tools / "pulumi", version=pulumi.version(tools)), environment)
    made.workspace.create_stack("dev")
    (tmp_path / "Pulumi.dev.yaml").write_text(FILE)
    return made


def test_a_preview_tells_all_mistakes_of_a_stack_s_file_at_once(stack):
    found = Events()
    with pytest.raises(CommandError):
        stack.preview(color="never", on_event=found)
    (told,) = [each for each in found.errors if "needs a correction" in each]
    assert told.splitlines()[1:] == [
        "- twinlens:memoryMb is 'much'; allowed: a whole number out of 2048, 4096",
        "- twinlens:keepData is 'perhaps'; allowed: false or true",
        "- twinlens:granulrity is not a setting; did you mean twinlens:granularity?",
    ]

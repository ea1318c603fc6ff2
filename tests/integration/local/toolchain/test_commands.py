import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from local.errors import ToolMissing
from local.toolchain import commands

PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open(sys.argv[1], "w").write(str(child.pid))
time.sleep(60)
"""


def test_a_command_that_goes_well_is_quiet(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    script = "import os; print('noise'); open('made', 'w').write(os.environ['GIVEN'])"
    commands.run([sys.executable, "-c", script], cwd=tmp_path, environment={"GIVEN": "value"})
    assert (tmp_path / "made").read_text() == "value"
    assert capfd.readouterr() == ("", "")


def test_a_failure_shows_the_last_words() -> None:
    with pytest.raises(ToolMissing, match=r"exit code 3:\nno such index$"):
        commands.run([sys.executable, "-c", "import sys; print('no such index'); sys.exit(3)"])


def test_a_missing_program_is_named() -> None:
    with pytest.raises(ToolMissing, match="no-such-program cannot be started"):
        commands.run(["/nowhere/no-such-program"])


def test_long_work_shows_that_it_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "_HEARTBEAT_SECONDS", 0.05)
    commands.run([sys.executable, "-c", "import time; time.sleep(0.3)"])
    assert "still running after 0." in capsys.readouterr().err


def test_an_interruption_ends_the_whole_family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "child"

    def interrupted(text: str) -> None:
        if told.exists() and told.read_text():
            raise KeyboardInterrupt

    monkeypatch.setattr(commands, "_HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(commands, "say", interrupted)
    with pytest.raises(KeyboardInterrupt):
        commands.run([sys.executable, "-c", PARENT, told])
    child = int(told.read_text())
    deadline = time.monotonic() + 60
    while _alive(child) and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    assert not _alive(child)


def test_an_answer_is_stripped_and_a_failure_has_none() -> None:
    assert commands.answer([sys.executable, "-c", "print(' 1.2 ')"]) == "1.2"
    assert commands.answer([sys.executable, "-c", "raise SystemExit(1)"]) is None
    assert commands.answer(["/nowhere/no-such-program"]) is None


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False

import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from local.emulators import processes

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
PARENT = [
    sys.executable,
    "-c",
    "import subprocess, sys, time; subprocess.Popen(sys.argv[1:]); print('up', flush=True); time.sleep(60)",
    *SLEEPER,
]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    processes.stop(tmp_path)


def start(folder: Path, command: list[str], name: str = "sleeper", lines: int = 1) -> processes.Supervised:
    process = processes.start(name, command, folder=folder, cwd=folder, environment=os.environ)
    deadline = time.monotonic() + 60
    while processes.log(folder, name).read_text().count("up") < lines and time.monotonic() < deadline:
        time.sleep(0.01)
    return process


def members(folder: Path) -> list[int]:
    return sorted({process.pid for process in processes._members(folder)})


def test_a_started_process_is_recorded_and_logged(folder: Path) -> None:
    process = start(folder, SLEEPER)
    assert processes.running(process)
    assert processes.recorded(folder) == {"sleeper": process}
    assert processes.log(folder, "sleeper").read_text() == "up\n"


def test_stopping_ends_children_too_and_forgets(folder: Path) -> None:
    process = start(folder, PARENT, lines=2)
    assert len(members(folder)) == 2
    assert processes.stop(folder) > 0
    assert not processes.running(process)
    assert members(folder) == []
    assert processes.recorded(folder) == {}
    assert processes.stop(folder) == 0


def test_who_does_not_listen_is_killed(folder: Path) -> None:
    process = start(folder, STUBBORN)
    processes.stop(folder)
    assert not processes.running(process)


def test_an_orphan_is_found_when_its_leader_was_killed(folder: Path) -> None:
    process = start(folder, PARENT, lines=2)
    psutil.Process(process.pid).kill()
    psutil.Process(process.pid).wait()
    assert len(members(folder)) == 1
    processes.stop(folder)
    assert members(folder) == []


def test_a_process_is_found_when_its_record_is_lost_or_cut_short(folder: Path) -> None:
    process = start(folder, SLEEPER)
    (folder / "processes" / "sleeper.json").write_text('{"name": "sl')
    assert processes.recorded(folder) == {}
    processes.stop(folder)
    assert not processes.running(process)


def test_another_process_with_a_reused_pid_is_left_alone(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    stranger = start(elsewhere, SLEEPER)
    try:
        reused = replace(stranger, created=stranger.created - 1000)
        (folder / "processes").mkdir()
        (folder / "processes" / "gone.json").write_text(json.dumps(vars(reused)))
        assert not processes.running(reused)
        processes.stop(folder)
        assert processes.running(stranger)
    finally:
        processes.stop(elsewhere)


def test_other_set_ups_are_left_alone(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    start(elsewhere, SLEEPER)
    try:
        assert processes.stop(folder) == 0
        assert len(members(elsewhere)) == 1
    finally:
        processes.stop(elsewhere)

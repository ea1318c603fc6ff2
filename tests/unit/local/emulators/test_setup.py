import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from local import emulators, state
from local.emulators import azure_host, azurite, ministack, processes
from local.emulators.azurite import Storage
from local.emulators.ports import free
from local.errors import EmulatorFailed, NotRunning
from local.state import AwsEmulator

SERVER = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""

SESSION = """
import sys, time
from local import emulators
with emulators.session():
    print("up", flush=True)
    time.sleep(60)
"""


def serve(folder: Path, name: str, script: str = SERVER) -> tuple[str, processes.Supervised]:
    [port] = free(1)
    command = [sys.executable, "-c", script, str(port)]
    process = processes.start(name, command, folder=folder, cwd=folder, environment=os.environ)
    return f"http://127.0.0.1:{port}", process


def fake_ministack(folder: Path, *, enforce_iam: bool) -> tuple[AwsEmulator, processes.Supervised]:
    endpoint, process = serve(folder, ministack.NAME)
    return AwsEmulator(endpoint, process.pid, "us-east-1"), process


def fake_azurite(folder: Path) -> tuple[Storage, processes.Supervised]:
    endpoint, process = serve(folder, azurite.NAME)
    return Storage(endpoint, endpoint, endpoint, "key", ("account",)), process


def fake_azure_host(folder: Path, storage: Storage) -> tuple[str, processes.Supervised]:
    return serve(folder, azure_host.NAME)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A set-up whose emulators are small web servers."""
    monkeypatch.setenv("TWINLENS_LOCAL", str(tmp_path / "local.json"))
    monkeypatch.setattr(ministack, "launch", fake_ministack)
    monkeypatch.setattr(azurite, "launch", fake_azurite)
    monkeypatch.setattr(azure_host, "launch", fake_azure_host)
    yield tmp_path
    emulators.down()


def test_up_starts_everything_and_says_where(folder: Path) -> None:
    running = emulators.up()
    assert running == state.load()
    assert emulators.status() == {"ministack": True, "azurite": True, "azure-host": True}
    assert Path(running.pulumi.backend.removeprefix("file://")).is_dir()
    assert list(Path(running.pulumi.home).glob("plugins/resource-*/pulumi-resource-*"))


def test_up_again_changes_nothing(folder: Path) -> None:
    assert emulators.up() == emulators.up()


def test_down_leaves_no_process_and_no_state(folder: Path) -> None:
    emulators.up()
    started = processes.recorded(folder).values()
    assert emulators.down()
    assert not any(processes.running(process) for process in started)
    with pytest.raises(NotRunning):
        state.load()
    assert sorted(path.name for path in folder.iterdir()) == ["lock", "logs"]
    assert not emulators.down()


def test_up_starts_anew_when_one_was_killed(folder: Path) -> None:
    before = emulators.up()
    stacks = Path(before.pulumi.backend.removeprefix("file://"))
    (stacks / "state").touch()
    _kill(before.aws.pid)
    assert not emulators.status()["ministack"]
    after = emulators.up()
    assert after.aws.pid != before.aws.pid
    assert not psutil.pid_exists(before.azure.pids["azurite"])
    assert not (stacks / "state").exists()


def test_one_that_does_not_start_takes_the_others_down(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(folder: Path, storage: Storage) -> tuple[str, processes.Supervised]:
        return serve(folder, azure_host.NAME, "raise SystemExit('no such module')")

    monkeypatch.setattr(azure_host, "launch", broken)
    with pytest.raises(EmulatorFailed, match=r"Azure host ended while it started(.|\n)*no such module"):
        emulators.up()
    assert list(processes._members(folder)) == []
    assert not any(emulators.status().values())


@pytest.mark.parametrize("ran_before", [False, True])
def test_a_session_leaves_things_as_they_were(folder: Path, ran_before: bool) -> None:
    if ran_before:
        emulators.up()
    with emulators.session() as running:
        assert running == state.load()
    assert all(emulators.status().values()) == ran_before


@pytest.mark.parametrize("request_to_end", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_session_that_is_asked_to_end_cleans_up(
    folder: Path,
    request_to_end: signal.Signals,
    in_a_process_of_its_own: Callable[[str], subprocess.Popen[str]],
) -> None:
    process = in_a_process_of_its_own(SESSION)
    process.send_signal(request_to_end)
    assert process.wait(30) != 0
    assert list(processes._members(folder)) == []


@pytest.fixture
def in_a_process_of_its_own(folder: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Run a script under the same small web servers, and return once it has printed a line."""
    started: list[subprocess.Popen[str]] = []
    this = Path(__file__)
    here = f"import sys; sys.path.insert(0, {str(this.parent)!r}); import {this.stem} as fakes\n"
    patches = "".join(
        f"from local.emulators import {name}; {name}.launch = fakes.fake_{name}\n"
        for name in ("ministack", "azurite", "azure_host")
    )

    def run(script: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", here + patches + script], stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def _kill(pid: int) -> None:
    process = psutil.Process(pid)
    process.kill()
    process.wait()

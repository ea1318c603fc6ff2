import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from local import emulators, state
from local.emulators import azure_host, azurite, ministack, processes
from local.emulators.azure_host import Control
from local.emulators.azurite import Storage
from local.emulators.ports import free
from local.errors import EmulatorFailed, NotRunning
from local.state import AwsEmulator, LocalState

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


def serve(
    folder: Path, name: str, script: str = SERVER, at: str | None = None
) -> tuple[str, processes.Supervised]:
    endpoint = at or f"http://127.0.0.1:{free(1)[0]}"
    (folder / name).mkdir(exist_ok=True)
    command = [sys.executable, "-c", script, endpoint.rpartition(":")[2]]
    process = processes.start(
        name, command, folder=folder, cwd=folder, environment=os.environ, again=at is not None
    )
    return endpoint, process


def fake_ministack(
    folder: Path, *, enforce_iam: bool = False, again: AwsEmulator | None = None
) -> tuple[AwsEmulator, processes.Supervised]:
    endpoint, process = serve(folder, ministack.NAME, at=again and again.endpoint)
    return AwsEmulator(endpoint, process.pid, "us-east-1", "AKIA", "secret", enforce_iam), process


def fake_azurite(folder: Path, again: Storage | None = None) -> tuple[Storage, processes.Supervised]:
    endpoint, process = serve(folder, azurite.NAME, at=again and again.blob)
    return again or Storage(endpoint, endpoint, endpoint, "key", ("account",)), process


def fake_azure_host(
    folder: Path, storage: Storage, again: Control | None = None
) -> tuple[Control, processes.Supervised]:
    url, process = serve(folder, azure_host.NAME, at=again and again.url)
    return Control(url, "token"), process


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


def test_what_the_emulators_keep_is_for_their_user_alone(folder: Path) -> None:
    emulators.up()
    assert [(folder / name).stat().st_mode & 0o077 for name in ("logs", "pulumi")] == [0, 0]
    for process in processes.recorded(folder).values():
        assert "Umask:\t0077" in Path(f"/proc/{process.pid}/status").read_text()


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


@pytest.mark.parametrize("names", [["ministack"], ["azurite"], ["azure-host"], ["azurite", "azure-host"]])
def test_what_was_killed_goes_on_where_it_was(folder: Path, names: list[str]) -> None:
    before = emulators.up()
    emulators.check()
    stacks = Path(before.pulumi.backend.removeprefix("file://"))
    (stacks / "state").touch()
    for name in names:
        (folder / name / "kept").touch()
        _kill(_pids(before)[name])
    with pytest.raises(NotRunning, match=r"has ended: .*`twinlens local up` restarts it"):
        emulators.check()

    after = emulators.up()

    assert all(emulators.status().values())
    assert {name for name, pid in _pids(after).items() if pid != _pids(before)[name]} == set(names)
    assert after.aws.endpoint == before.aws.endpoint
    assert (after.azure.blob, after.azure.control) == (before.azure.blob, before.azure.control)
    assert all((folder / name / "kept").exists() for name in names)
    assert (stacks / "state").exists()


def test_an_emulator_that_can_not_go_on_keeps_what_it_had(folder: Path) -> None:
    before = emulators.up()
    (folder / "azurite" / "kept").touch()
    _kill(before.azure.pids["azurite"])
    host, port = before.azure.blob.removeprefix("http://").split(":")
    with (
        socket.create_server((host, int(port))),
        pytest.raises(EmulatorFailed, match=f"Another program uses port {port} of azurite"),
    ):
        emulators.up()
    assert (folder / "azurite" / "kept").exists()
    assert emulators.status() == {"ministack": True, "azurite": False, "azure-host": True}


def test_a_start_that_was_cut_short_is_cleaned_away(folder: Path) -> None:
    pid = emulators.up().aws.pid
    (folder / "local.json").unlink()
    emulators.up()
    assert not psutil.pid_exists(pid)
    assert all(emulators.status().values())


def test_one_that_does_not_start_takes_the_others_down(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(folder: Path, storage: Storage) -> tuple[Control, processes.Supervised]:
        url, process = serve(folder, azure_host.NAME, "raise SystemExit('no such module')")
        return Control(url, "token"), process

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


def _pids(running: LocalState) -> dict[str, int]:
    return {"ministack": running.aws.pid, **running.azure.pids}


def _kill(pid: int) -> None:
    process = psutil.Process(pid)
    process.kill()
    process.wait()

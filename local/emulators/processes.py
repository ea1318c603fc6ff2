"""Start processes that outlive this one, and find all of them again.

Each process leads a session of its own and carries the set-up's folder in its environment, which its children
inherit. A record (pid and start time) beside the logs says which process is the leader. So a process is found
by its record or by its mark, and neither a reused pid nor a lost record leads to a wrong or a missed one.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

MARK = "TWINLENS_SUPERVISED"

_ROUNDS = 10  # one ends all there is; another finds what was started meanwhile
_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Supervised:
    """One process that was started.

    ``created`` is its start time in seconds since the epoch, as the system tells it: with the pid it names a
    process for good.
    """

    name: str
    pid: int
    created: float


def start(
    name: str,
    command: Sequence[str],
    *,
    folder: Path,
    cwd: Path,
    environment: Mapping[str, str],
    again: bool = False,
) -> Supervised:
    """Start a command in the background and record it.

    Args:
        name: Names the record and the log.
        command: Program and arguments.
        folder: The set-up's folder; the output goes to ``logs/<name>.log`` in it.
        cwd: Working directory.
        environment: The whole environment, to which the mark is added.
        again: Whether the log goes on where an earlier process of this name left it.
    """
    output = log(folder, name)
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("ab" if again else "wb") as stream:
        process = subprocess.Popen(  # noqa: S603 - the commands are the emulators' own
            command,
            cwd=cwd,
            env={**environment, MARK: str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    supervised = Supervised(name, process.pid, psutil.Process(process.pid).create_time())
    record = _records(folder) / f"{name}.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(asdict(supervised)))
    return supervised


def log(folder: Path, name: str) -> Path:
    """Return the file that holds what a process printed."""
    return folder / "logs" / f"{name}.log"


def running(process: Supervised) -> bool:
    """Return whether this very process, not another one with its pid, is still running."""
    try:
        found = psutil.Process(process.pid)
        return found.create_time() == process.created and found.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def recorded(folder: Path) -> dict[str, Supervised]:
    """Return what was started in a folder, by name, running or not."""
    found: dict[str, Supervised] = {}
    for record in sorted(_records(folder).glob("*.json")):
        try:
            found[record.stem] = Supervised(**json.loads(record.read_text()))
        except (ValueError, TypeError):
            continue  # cut short by a crash: the mark still finds the process
    return found


def stop(folder: Path) -> int:
    """End every process of a set-up and forget the records; return how many there were.

    They are killed rather than asked: whatever they hold is in memory or in the folder, and goes with them.
    """
    ended = 0
    for _ in range(_ROUNDS):
        members = set(_members(folder))
        if not members:
            break
        for process in members:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(members, timeout=_PATIENCE_SECONDS)
        ended += len(members)
    for record in _records(folder).glob("*.json"):
        record.unlink()
    return ended


def _records(folder: Path) -> Path:
    return folder / "processes"


def _members(folder: Path) -> Iterator[psutil.Process]:
    for leader in recorded(folder).values():
        if running(leader):
            process = psutil.Process(leader.pid)
            yield process
            with suppress(psutil.NoSuchProcess):
                yield from process.children(recursive=True)
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):  # gone meanwhile, or another user's
            if process.pid != os.getpid() and process.environ().get(MARK) == str(folder):
                yield process

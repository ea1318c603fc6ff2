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
PRIVATE = 0o700

_ROUNDS = 10  # one round ends all processes; the next finds those started meanwhile
_PATIENCE_SECONDS = 5.0
_STARTTIME = 19  # of the fields behind the name in /proc/PID/stat: see proc(5)


@dataclass(frozen=True)
class Supervised:
    """One process that was started.

    ``created`` is its start time, see :func:`_created`: with the pid it identifies a process uniquely.
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
        environment: The complete environment, to which the set-up's variable is added.
        again: Whether to append to the log of an earlier process of this name.
    """
    output = log(folder, name)
    output.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    with output.open("ab" if again else "wb") as stream:
        process = subprocess.Popen(  # noqa: S603 - the commands are the emulators' own
            command,
            cwd=cwd,
            env={**environment, MARK: str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,  # what it writes, photos and keys among it, is for this user alone
        )
    supervised = Supervised(name, process.pid, _created(process.pid))
    record = _records(folder) / f"{name}.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(asdict(supervised)))
    return supervised


def log(folder: Path, name: str) -> Path:
    """Return the file with the output of a process."""
    return folder / "logs" / f"{name}.log"


def running(process: Supervised) -> bool:
    """Return whether this process, not another one with its pid, is still running."""
    try:
        found = psutil.Process(process.pid)
        return _created(process.pid) == process.created and found.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _created(pid: int) -> float:
    """Return when the process started: in clock ticks since Linux did, or elsewhere in seconds since 1970.

    Linux moves the latter when the clock is set (https://github.com/giampaolo/psutil/issues/2526).

    Raises:
        psutil.NoSuchProcess: It has ended.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
    except OSError:
        return psutil.Process(pid).create_time()
    return float(fields.split()[_STARTTIME])


def recorded(folder: Path) -> dict[str, Supervised]:
    """Return the processes that were started in a folder, by name, whether or not they run."""
    found: dict[str, Supervised] = {}
    for record in sorted(_records(folder).glob("*.json")):
        try:
            found[record.stem] = Supervised(**json.loads(record.read_text()))
        except (ValueError, TypeError):
            continue  # truncated by a crash: the process is still found by its environment
    return found


def stop(folder: Path) -> int:
    """Kill all processes of a set-up and delete the records; return the number of processes.

    They are killed without warning, since their data, in memory and in the folder, is deleted as well.
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
        with suppress(psutil.Error, OSError):  # it has ended, or belongs to another user
            if process.pid != os.getpid() and process.environ().get(MARK) == str(folder):
                yield process

"""Run other programs to their end: quiet on success, and ended if this one is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.errors import ToolMissing
from local.toolchain.progress import say, seconds

_HEARTBEAT_SECONDS = 20.0
_LINES_SHOWN = 15


def run(
    command: Sequence[str | Path], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> None:
    """Run a command, with a line of progress every 20 seconds.

    Args:
        command: Program and arguments.
        cwd: Working directory.
        environment: Variables to set in addition to the current ones.

    Raises:
        ToolMissing: It cannot be started, or its exit code is not 0; the message has its last lines of
            output.
    """
    name = Path(command[0]).name
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        try:
            process = subprocess.Popen(  # noqa: S603 - callers give commands of their own
                command,
                cwd=cwd,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise ToolMissing(f"{name} cannot be started: {error.strerror}.") from None
        try:
            code = _wait(process)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        if code:
            output.seek(0)
            told = "\n".join(output.read().splitlines()[-_LINES_SHOWN:])
            raise ToolMissing(f"`{' '.join(map(str, command))}` ended with exit code {code}:\n{told}")


def answer(command: Sequence[str | Path]) -> str | None:
    """Return a command's output, stripped, or ``None`` if it is missing, fails or takes over 20 seconds."""
    try:
        done = subprocess.run(  # noqa: S603 - callers give commands of their own
            command, capture_output=True, text=True, timeout=20, check=True, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _wait(process: subprocess.Popen[bytes]) -> int:
    begun = time.monotonic()
    while True:
        try:
            return process.wait(_HEARTBEAT_SECONDS)
        except subprocess.TimeoutExpired:
            say(f"  still running after {seconds(time.monotonic() - begun)} ...")

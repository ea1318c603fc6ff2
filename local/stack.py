"""Deploy the local stacks with the real Pulumi engine, onto the emulators that are up.

Pulumi's command line is used just as a person would: :func:`environment` is all that tells a local stack from
a real one. What Pulumi printed last is in ``logs/pulumi-<stack>-<command>.log`` beside ``local.json``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import psutil

from local import state
from local.emulators import processes
from local.errors import StackFailed
from local.state import CHECKOUT
from local.toolchain import pulumi
from local.toolchain.progress import say, step

_FINISHING_SECONDS = 30  # for Pulumi to end what it began
_PATIENCE_SECONDS = 300  # with another Pulumi on the same stack


class LocalStack(StrEnum):
    """The stacks that are deployed onto the emulators, one for each cloud."""

    AWS = "aws-local"
    AZURE = "azure-local"


def environment() -> dict[str, str]:
    """Return the variables under which Pulumi and the clouds' own libraries work on the emulators.

    Raises:
        NotRunning: The emulators are not up.
        ToolMissing: The Pulumi CLI is not to be had.
    """
    current = state.load()
    folders = (str(pulumi.ensure()), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))
    return {
        "PATH": os.pathsep.join(dict.fromkeys(os.pathsep.join(folders).split(os.pathsep))),
        state.VARIABLE: str(state.path()),
        "PULUMI_HOME": current.pulumi.home,
        "PULUMI_BACKEND_URL": current.pulumi.backend,
        "PULUMI_CONFIG_PASSPHRASE": current.pulumi.passphrase,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "AWS_ENDPOINT_URL": current.aws.endpoint,
        "AWS_REGION": current.aws.region,
        "AWS_DEFAULT_REGION": current.aws.region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AZURE_STORAGE_KEY": current.azure.key,
    }


def up(name: str, project: Path = CHECKOUT, settings: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Deploy a stack, or bring it up to date, and return its outputs.

    Args:
        name: One of :class:`LocalStack`.
        project: The folder with ``Pulumi.yaml``.
        settings: Config for this time only, over the stack's own, which stays as it is.

    Raises:
        StackFailed: Pulumi reports an error; the text holds it.
        NotRunning: The emulators are not up.
    """
    with step(f"Deploying {name}"):
        _free(name, project)
        _pulumi(["stack", "select", "--create", name], name, project)
        over = _config(name, project, settings) if settings else []
        told = _pulumi(
            ["up", "--stack", name, "--yes", "--skip-preview", "--color", "never", *over], name, project
        )
        say(f"  {_summary(told)}")
    return outputs(name, project)


def destroy(name: str, project: Path = CHECKOUT) -> None:
    """Remove everything a stack deployed, and the stack itself; do nothing if there is none.

    Raises:
        StackFailed: Pulumi reports an error; the text holds it.
        NotRunning: The emulators are not up.
    """
    if not _exists(name, project):
        return
    with step(f"Removing {name}"):
        _free(name, project)
        _pulumi(["destroy", "--stack", name, "--yes", "--skip-preview", "--color", "never"], name, project)
        _pulumi(["stack", "rm", name, "--yes", "--preserve-config"], name, project)


def preview(name: str, project: Path = CHECKOUT) -> dict[str, int]:
    """Return how many resources an ``up`` would ``create``, ``update``, ``replace``, ... or leave ``same``.

    Raises:
        StackFailed: Pulumi reports an error; the text holds it.
        NotRunning: The emulators are not up.
    """
    told = _pulumi(["preview", "--stack", name, "--json"], name, project)
    summary: dict[str, int] = json.loads(told)["changeSummary"]
    return summary


def outputs(name: str, project: Path = CHECKOUT) -> dict[str, Any]:
    """Return a stack's outputs; none if it is not deployed.

    Raises:
        StackFailed: Pulumi reports an error; the text holds it.
        NotRunning: The emulators are not up.
    """
    if not _exists(name, project):
        return {}
    found: dict[str, Any] = json.loads(_pulumi(["stack", "output", "--stack", name, "--json"], name, project))
    return found


def _config(name: str, project: Path, settings: Mapping[str, str]) -> list[str]:
    """Return the arguments that set these over a copy of the stack's config: Pulumi writes them into it."""
    copy = state.path().parent / "pulumi" / f"Pulumi.{name}.yaml"
    shutil.copy(project / copy.name, copy)
    chosen = [part for key, value in settings.items() for part in ("--config", f"{key}={value}")]
    return ["--config-file", str(copy), *chosen]


def _exists(name: str, project: Path) -> bool:
    stacks = json.loads(_pulumi(["stack", "ls", "--json"], name, project))
    return any(stack["name"] == name for stack in stacks)


def _pulumi(arguments: list[str], name: str, project: Path) -> str:
    """Run the CLI and return what it printed.

    It leads a session of its own: an interruption reaches it once, from here, and it is given time to finish
    what it began and to unlock the stack.
    """
    folder = state.path().parent
    process = subprocess.Popen(  # noqa: S603 - Pulumi's own CLI
        [str(pulumi.ensure() / "pulumi"), "--non-interactive", *arguments],
        cwd=project,
        env={**os.environ, **environment(), processes.MARK: str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        printed, errors = process.communicate()
    except BaseException:
        _interrupt(process)
        raise
    written = processes.log(folder, f"pulumi-{name}-{arguments[0]}")
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text(printed + errors)
    if process.returncode:
        trouble = _trouble(printed, errors)
        raise StackFailed(
            f"Pulumi could not finish `{arguments[0]}` for {name}; {written} has it all.\n{trouble}"
        )
    return printed


def _interrupt(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=_FINISHING_SECONDS)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free(name: str, project: Path) -> None:
    """Wait for a run that is at work, and take away the lock of one that was cut short.

    Raises:
        StackFailed: The run that holds the lock does not end.
    """
    for lock in _locks(name):
        try:
            _outlast(json.loads(lock.read_text())["pid"], name)
        except FileNotFoundError:
            continue  # it ended meanwhile
    if any(_locks(name)):
        _pulumi(["cancel", name, "--yes"], name, project)


def _outlast(pid: int, name: str) -> None:
    try:
        holder = psutil.Process(pid)
        if not holder.name().startswith("pulumi"):
            return  # another program, to which the system gave the pid anew
        say(f"  waiting for another Pulumi (process {pid}) that is at work on {name} ...")
        holder.wait(_PATIENCE_SECONDS)
    except psutil.NoSuchProcess:
        return
    except psutil.TimeoutExpired:
        raise StackFailed(
            f"Another Pulumi (process {pid}) has been at work on {name} for too long."
        ) from None


def _locks(name: str) -> Iterator[Path]:
    stacks = Path(state.load().pulumi.backend.removeprefix("file://"))
    yield from (stacks / ".pulumi" / "locks").glob(f"**/{name}/*.json")


def _summary(printed: str) -> str:
    """Return the counts under ``Resources:`` in one line."""
    found = re.search(r"^Resources:\n((?:[ ]+.*\n)+)", printed, re.MULTILINE)
    return ", ".join(line.strip(" +-~") for line in found.group(1).splitlines()) if found else "no resources"


def _trouble(printed: str, errors: str) -> str:
    """Return the diagnostics of a failed run, or the errors, or the end of what was printed."""
    found = re.search(
        r"^Diagnostics:\n(.*?)^(?:Outputs|Resources|Duration):", printed, re.MULTILINE | re.DOTALL
    )
    if found:
        return found.group(1).strip()
    return errors.strip() or "\n".join(printed.splitlines()[-15:])

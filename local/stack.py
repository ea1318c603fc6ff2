"""Deploy the local stacks to the running emulators with the real Pulumi engine.

Pulumi's last output is in ``logs/pulumi-<stack>-<command>.log`` beside ``local.json``. Importing this module
takes half a second, since it imports Pulumi's Automation API.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psutil
from pulumi.automation import CommandError

from components.engine import Command, Events, PulumiStack, plain, with_settings
from local import state
from local.emulators import processes
from local.environment import variables
from local.errors import StackFailed
from local.state import CHECKOUT
from local.toolchain import pulumi
from local.toolchain.cache import locked
from local.toolchain.progress import say, step

_FINISHING_SECONDS = 30  # for Pulumi to end what it began
_PATIENCE_SECONDS = 300  # with another Pulumi on the same stack
_TRUNCATED = "unexpected end of JSON input"  # what Pulumi says of a state file that was cut short
_DONE = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "deleted",
    "same": "unchanged",
}


def up(name: str, project: Path = CHECKOUT, settings: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Deploy or update a stack, and return its outputs.

    Args:
        name: One of :class:`local.environment.LocalStack`.
        project: The folder with ``Pulumi.yaml``.
        settings: Config for this deployment only, in addition to the stack's own.

    Raises:
        StackFailed: Pulumi reports an error; the text holds it.
        NotRunning: The emulators are not running.
    """
    with _alone(name), step(f"Deploying {name}"):
        stack, events = _open(name, project), Events()
        _free(stack)
        with _explained(stack):
            if not _exists(stack):
                stack.workspace.create_stack(name)
        config = _config(name, project, settings) if settings else None
        with _explained(stack, events.errors):
            done = stack.up(color="never", config_file=config, on_event=events)
        counts = (f"{count} {_DONE.get(kind, kind)}" for kind, count in events.changes.items())
        say(f"  {', '.join(counts) or 'no resources'}")
        return plain(done.outputs)


def destroy(name: str, project: Path = CHECKOUT) -> None:
    """Remove everything a stack deployed, and the stack itself; do nothing if there is none.

    Raises:
        StackFailed: Pulumi reports an error; the text holds it.
        NotRunning: The emulators are not running.
    """
    stack, events = _open(name, project), Events()
    with _explained(stack):
        if not _exists(stack):
            return
    with _alone(name), step(f"Removing {name}"):
        _free(stack)
        with _explained(stack, events.errors):
            stack.destroy(color="never", on_event=events)
            stack.workspace.remove_stack(name, preserve_config=True)


def preview(name: str, project: Path = CHECKOUT) -> dict[str, int]:
    """Return how many resources an ``up`` would ``create``, ``update``, ``replace``, ... or leave ``same``.

    Raises:
        StackFailed: Pulumi reports an error; the text holds it.
        NotRunning: The emulators are not running.
    """
    stack, events = _open(name, project), Events()
    with _explained(stack, events.errors):
        stack.preview(color="never", on_event=events)
    return events.changes


def outputs(name: str, project: Path = CHECKOUT) -> dict[str, Any]:
    """Return a stack's outputs, empty if it is not deployed.

    Raises:
        StackFailed: Pulumi reports an error; the text holds it.
        NotRunning: The emulators are not running.
    """
    stack = _open(name, project)
    with _explained(stack):
        return stack.values() if _exists(stack) else {}


def _alone(name: str) -> AbstractContextManager[None]:
    """Wait until no other command of this set-up deploys or removes the stack."""
    lock = state.path().parent / f"{name}.lock"
    return locked(lock, f"Another command is working on {name}; waiting for it ...")


def _open(name: str, project: Path) -> PulumiStack:
    folder, surroundings = state.path().parent, variables()
    tools = pulumi.ensure()
    command = Command(
        tools / "pulumi",
        version=pulumi.version(tools),
        patience=_FINISHING_SECONDS,
        log=lambda asked: processes.log(folder, f"pulumi-{name}-{asked}"),
    )
    return PulumiStack(name, project, command, {**surroundings, processes.MARK: str(folder)})


@contextmanager
def _explained(stack: PulumiStack, errors: Sequence[str] = ()) -> Iterator[None]:
    """Translate errors of Pulumi in the block into one that says what failed, why, and where the log is.

    Raises:
        StackFailed: A Pulumi command failed in the block.
    """
    try:
        yield
    except CommandError:
        command = stack.command
        why = "\n".join(errors) or command.reason()
        if _TRUNCATED in why:
            why += "\nThe state file was cut short: `twinlens local down`, then `twinlens local up`."
        raise StackFailed(
            f"Pulumi could not finish `{command.asked}` for {stack.name}; the whole output is in "
            f"{processes.log(state.path().parent, f'pulumi-{stack.name}-{command.asked}')}.\n{why}"
        ) from None


def _config(name: str, project: Path, settings: Mapping[str, str]) -> str:
    """Write a copy of the stack's config with ``settings`` merged into it, and return its path."""
    copy = state.path().parent / "pulumi" / f"Pulumi.{name}.yaml"
    return str(with_settings(project / copy.name, settings, copy))


def _exists(stack: PulumiStack) -> bool:
    return any(each.name == stack.name for each in stack.workspace.list_stacks())


def _free(stack: PulumiStack) -> None:
    """Wait for a running command, and remove the lock of one that was interrupted.

    Raises:
        StackFailed: The run that holds the lock does not end.
    """
    for lock in _locks(stack.name):
        try:
            _outlast(json.loads(lock.read_text())["pid"], stack.name)
        except (FileNotFoundError, ValueError, KeyError):
            continue  # it has ended, or was killed while it wrote the lock
    if any(_locks(stack.name)):
        with _explained(stack):
            stack.cancel()


def _outlast(pid: int, name: str) -> None:
    try:
        holder = psutil.Process(pid)
        if not holder.name().startswith("pulumi"):
            return  # another program that reuses the pid
        say(f"  waiting for another Pulumi process ({pid}) that is working on {name} ...")
        holder.wait(_PATIENCE_SECONDS)
    except psutil.NoSuchProcess:
        return
    except psutil.TimeoutExpired:
        raise StackFailed(
            f"Another Pulumi process ({pid}) has been working on {name} for too long."
        ) from None


def _locks(name: str) -> Iterator[Path]:
    stacks = Path.from_uri(state.load().pulumi.backend)
    yield from (stacks / ".pulumi" / "locks").glob(f"**/{name}/*.json")

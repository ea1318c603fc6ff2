"""Start and stop all emulators, one command at a time and never in part.

The emulators' data stays in the set-up's folder until they are taken down: an emulator that has ended in the
meantime is restarted with its data at its old address.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.signals import ending_politely
from local import state
from local.emulators import azure_host, azurite, health, ministack, processes
from local.emulators.revival import revive
from local.errors import EmulatorFailed, NotRunning
from local.providers import install
from local.state import AzureEmulator, LocalState, PulumiBackend
from local.toolchain.cache import locked
from local.toolchain.progress import step

_NAMES = (ministack.NAME, azurite.NAME, azure_host.NAME)
_TITLES = dict(zip(_NAMES, ("MiniStack", "Azurite", "the Azure host"), strict=True))

# The committed Pulumi.*-local.yaml hold its salt, so it cannot be drawn. It guards nothing: what keeps others
# from the local stacks' secrets is that only their user can read the folder with the state.
_PASSPHRASE = "twinlens"  # noqa: S105


def up() -> LocalState:
    """Start the emulators unless all of them run, and return their addresses.

    An emulator that has ended continues with its data; the remains of an interrupted start are removed.
    MiniStack checks calls against the policies of the role that makes them, as AWS does.

    Raises:
        ToolMissing: An emulator is not installed.
        EmulatorFailed: An emulator does not start; then those that this call started are stopped.
    """
    folder = state.path().parent
    with _exclusive(folder):
        found = status()
        if all(found.values()):
            return state.load()
        try:
            current = state.load()
        except NotRunning:
            _clean(folder)
        else:
            with step("Restarting emulators that have ended"):
                return revive(folder, current, [name for name, well in found.items() if not well])
        try:
            with step("Starting the emulators"):
                return _start(folder)
        except BaseException:
            _clean(folder)
            raise


def down() -> bool:
    """Stop the emulators and everything they started, delete the local stacks; return whether any ran."""
    folder = state.path().parent
    with _exclusive(folder):
        return _clean(folder)


def status() -> dict[str, bool]:
    """Return for each emulator whether it runs and answers."""
    recorded = processes.recorded(state.path().parent)
    try:
        current = state.load()
    except NotRunning:
        return dict.fromkeys(_NAMES, False)
    urls = {
        ministack.NAME: ministack.health_url(current.aws),
        azurite.NAME: f"{current.azure.blob}/{current.azure.accounts[0]}",
        azure_host.NAME: azure_host.health_url(current.azure.control),
    }
    return {
        name: name in recorded
        and processes.running(recorded[name])
        and health.answers(urls[name], refusals_count=name == azurite.NAME)
        for name in _NAMES
    }


def check() -> None:
    """Check that every emulator that was started still runs; none may have been started.

    Raises:
        NotRunning: One has ended, or the state file cannot be read.
    """
    if not state.path().exists():
        return
    state.load()
    recorded = processes.recorded(state.path().parent)
    ended = [
        _TITLES[name] for name in _NAMES if name not in recorded or not processes.running(recorded[name])
    ]
    if ended:
        raise NotRunning(
            f"An emulator has ended: {', '.join(ended)}. `twinlens local up` restarts it with its "
            "data; then `twinlens jobs reconcile -s STACK --older-than 0` restarts the jobs that are stuck."
        )


@contextmanager
def session() -> Iterator[LocalState]:
    """Run the emulators during a ``with`` block; leave them running if they ran before.

    A polite request to end (SIGTERM, SIGHUP) ends them too.
    """
    before = all(status().values())
    with ending_politely():
        try:
            yield up()
        finally:
            if not before:
                down()


def _start(folder: Path) -> LocalState:
    aws, aws_process = ministack.launch(folder, enforce_iam=True)
    storage, storage_process = azurite.launch(folder)
    azurite.wait(storage, storage_process, folder)
    control, host_process = azure_host.launch(folder, storage)
    azure_host.wait(control, host_process, folder)
    ministack.wait(aws, aws_process, folder)
    current = LocalState(
        aws=aws,
        azure=AzureEmulator(
            blob=storage.blob,
            queue=storage.queue,
            table=storage.table,
            key=storage.key,
            accounts=storage.accounts,
            control=control.url,
            token=control.token,
            pids={azurite.NAME: storage_process.pid, azure_host.NAME: host_process.pid},
        ),
        pulumi=pulumi_backend(folder),
    )
    state.save(current)
    return current


def pulumi_backend(folder: Path) -> PulumiBackend:
    """Create Pulumi's home with the stand-in plugins, and an empty backend, in a set-up's folder."""
    own = folder / "pulumi"
    own.mkdir(mode=processes.PRIVATE, parents=True)
    home, stacks = own / "home", own / "stacks"
    stacks.mkdir()
    install.install(home, Path(sys.executable))
    return PulumiBackend(home=str(home), backend=stacks.as_uri(), passphrase=_PASSPHRASE)


def _clean(folder: Path) -> bool:
    """Stop all processes and remove their files except the logs, which may explain a failure."""
    state.path().unlink(missing_ok=True)
    ended = processes.stop(folder)
    for name in ("pulumi", "processes", "tmp", *_NAMES):
        shutil.rmtree(folder / name, ignore_errors=True)
    return ended > 0


@contextmanager
def _exclusive(folder: Path) -> Iterator[None]:
    """Work alone on a set-up.

    Raises:
        EmulatorFailed: Its folder can't be written, as in a read-only checkout.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "lock").touch()
    except OSError as error:
        raise EmulatorFailed(
            f"{folder} can't be used: {(error.strerror or str(error)).lower()}. "
            f"{state.VARIABLE}=/tmp/twinlens/local.json, for example, names another place."
        ) from None
    with locked(folder / "lock", "Another command is starting or stopping the emulators; waiting for it ..."):
        yield

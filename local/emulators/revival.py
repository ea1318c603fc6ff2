"""Restart an emulator that has ended, at its address and with its data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from local import state
from local.emulators import azure_host, azurite, ministack, processes
from local.emulators.azure_host import Control
from local.emulators.azurite import Storage
from local.emulators.ports import taken
from local.emulators.processes import Supervised
from local.errors import EmulatorFailed
from local.state import LocalState


def revive(folder: Path, current: LocalState, names: Sequence[str]) -> LocalState:
    """Restart the emulators ``names``, or wait for those that are only slow to answer.

    Raises:
        EmulatorFailed: An emulator does not start; its data is kept.
    """
    recorded = processes.recorded(folder)
    for name in names:
        known = recorded.get(name)
        if known and processes.running(known):
            process = known
        else:
            _check_ports(name, current)
            process = _start(name, folder, current)
        current = _with_pid(current, process)
        state.save(current)
        try:
            _wait(name, process, folder, current)
        except EmulatorFailed as error:
            raise EmulatorFailed(f"{error}\n`twinlens local down` deletes the data it kept.") from None
    return current


def _start(name: str, folder: Path, current: LocalState) -> Supervised:
    match name:
        case ministack.NAME:
            return ministack.launch(folder, again=current.aws)[1]
        case azurite.NAME:
            return azurite.launch(folder, again=_storage(current))[1]
        case _:
            return azure_host.launch(folder, _storage(current), again=_control(current))[1]


def _check_ports(name: str, current: LocalState) -> None:
    azure = current.azure
    urls = {ministack.NAME: [current.aws.endpoint], azurite.NAME: [azure.blob, azure.queue, azure.table]}
    for url in urls.get(name, [azure.control]):
        port = urlsplit(url).port
        if port and taken(port):
            raise EmulatorFailed(
                f"Another program uses port {port} of {name}: stop that program, "
                "or delete the kept data with `twinlens local down`."
            )


def _wait(name: str, process: Supervised, folder: Path, current: LocalState) -> None:
    match name:
        case ministack.NAME:
            ministack.wait(current.aws, process, folder)
        case azurite.NAME:
            azurite.wait(_storage(current), process, folder)
        case _:
            azure_host.wait(_control(current), process, folder)


def _with_pid(current: LocalState, process: Supervised) -> LocalState:
    if process.name == ministack.NAME:
        return replace(current, aws=replace(current.aws, pid=process.pid))
    pids = current.azure.pids | {process.name: process.pid}
    return replace(current, azure=replace(current.azure, pids=pids))


def _storage(current: LocalState) -> Storage:
    azure = current.azure
    return Storage(azure.blob, azure.queue, azure.table, azure.key, azure.accounts)


def _control(current: LocalState) -> Control:
    return Control(current.azure.control, current.azure.token)

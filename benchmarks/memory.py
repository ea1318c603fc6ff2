"""The memory of the running emulators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import psutil

from local import state


@dataclass(frozen=True)
class Memory:
    """What one emulator takes: resident memory in MB and threads, its own and those of its children."""

    own_mb: float
    threads: int
    children_mb: float
    children: int

    def __str__(self) -> str:
        """Tell it in a few words."""
        own = f"{self.own_mb:,.0f} MB, {self.threads} threads"
        return f"{own}, {self.children} children {self.children_mb:,.0f} MB" if self.children else own


def emulators(cloud: str) -> Mapping[str, psutil.Process]:
    """Return the processes of a cloud's emulators."""
    current = state.load()
    pids = {"ministack": current.aws.pid} if cloud == "aws" else current.azure.pids
    return {name: psutil.Process(pid) for name, pid in pids.items()}


def memory(process: psutil.Process) -> Memory:
    """Return what an emulator takes now."""
    resident = []
    for each in process.children(recursive=True):
        try:
            resident.append(each.memory_info().rss / 2**20)
        except psutil.NoSuchProcess:
            continue
    return Memory(process.memory_info().rss / 2**20, process.num_threads(), sum(resident), len(resident))


def total_mb(processes: Mapping[str, psutil.Process]) -> float:
    """Return the resident memory of all emulators and all their children in MB."""
    found = [memory(each) for each in processes.values()]
    return sum(each.own_mb + each.children_mb for each in found)

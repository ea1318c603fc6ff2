import os

import psutil
import pytest

from local.emulators import processes
from local.emulators.processes import Supervised


def test_a_process_still_runs_after_the_clock_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux then reports another start time in seconds, but the same one in ticks."""
    process = Supervised("ours", os.getpid(), processes._created(os.getpid()))
    told = psutil.Process().create_time()
    monkeypatch.setattr(psutil.Process, "create_time", lambda _: told + 3)

    assert processes.running(process)
    assert not processes.running(Supervised("another", os.getpid(), process.created - 1))

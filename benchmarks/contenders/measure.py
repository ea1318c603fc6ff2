"""Run one contender's work in this process, and print its time and memory."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Work = Callable[[Path, Path, dict[str, Any]], None]


def peak_mb() -> float:
    """Return the most memory this process ever held, in MB (``getrusage`` would count its parent's too)."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(work: Work) -> None:
    """Do the work on the warm-up photo, then on the real one, and print milliseconds and megabytes.

    The arguments are the warm-up photo, the photo, the folder for the outputs and the task as JSON.
    """
    warm_up, photo, folder = map(Path, sys.argv[1:4])
    task = json.loads(sys.argv[4])
    work(warm_up, folder, task)
    began, cpu_began = time.perf_counter(), _cpu_seconds()
    work(photo, folder, task)
    took = {
        "wall_ms": (time.perf_counter() - began) * 1000,
        "cpu_ms": (_cpu_seconds() - cpu_began) * 1000,
        "peak_mb": peak_mb(),
    }
    sys.stdout.write(json.dumps(took))

"""Process a case in a separate process, and compare its memory and CPU time with the limits."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pillow_heif
from PIL import Image

from core.job import Job, Source
from core.memory import MemoryStore
from core.photo import budget, containers, decode, filters, formats, reading, signature
from core.recipe import Recipe
from core.steps import Tools, execute
from tools.worst import cpu
from tools.worst.cases import FILTERS, Case, recipe
from tools.worst.files import written

# A process also allocates memory for the allocator's rounding, tables, and outputs being written.
SLACK_MB = 24
LIMIT = 10**9


@dataclass(frozen=True)
class Measured:
    """What a case used, and what the limits allow: MB in addition to the file, and seconds of CPU."""

    case: Case
    taken_mb: float
    allowed_mb: float
    seconds: float
    allowed_seconds: float
    file_bytes: int

    @property
    def memory(self) -> float:
        """The share of the allowed memory that was used."""
        return self.taken_mb / self.allowed_mb

    @property
    def cpu(self) -> float:
        """The share of the allowed CPU time that was used."""
        return self.seconds / self.allowed_seconds

    @property
    def cpu_per_mb(self) -> float:
        """The seconds of CPU per megabyte of the file."""
        return self.seconds / self.file_bytes * 2**20


def measured(case: Case) -> Measured | None:
    """Write the file and process it, in two processes; ``None`` if the file can't be written."""
    data = in_child(lambda: written(case))
    if not isinstance(data, bytes):
        return None
    answer = in_child(lambda: json.dumps(_processed(data, recipe(case))).encode())
    if not isinstance(answer, bytes):
        raise RuntimeError(f"{case}: {answer}")
    taken, allowed, seconds, allowed_seconds = json.loads(answer)
    if not allowed:
        return None
    return Measured(case, taken, allowed + SLACK_MB, seconds, allowed_seconds, len(data))


def _processed(data: bytes, chosen: Recipe) -> tuple[float, float, float, float]:
    before, began = _status_mb("VmRSS"), time.process_time()
    job = Job("0" * 32, chosen.name, Source("in", "a", "e", 10**9), "x", "", "")
    done = execute("process", job, Tools(MemoryStore({"a": data}), MemoryStore(), chosen, LIMIT, LIMIT))
    taken, seconds = _status_mb("VmHWM") - before, time.process_time() - began
    if done.error:
        return 0, 0, 0, 0
    name = signature.identify(data)
    source = reading.load(name).open(data)
    headroom = decode.DRAFT_HEADROOM, decode.REDUCE_HEADROOM
    found = budget.stages(source, name, chosen.boxes, chosen, headroom)
    scans = containers.jpeg_scans(data).number if name == "jpeg" else 0
    allowed_seconds = cpu.allowed(source, name, scans, chosen)
    return taken, max(each.peak for each in found) / 2**20, seconds, allowed_seconds


def _status_mb(key: str) -> float:
    return int(Path("/proc/self/status").read_text().partition(f"{key}:")[2].split()[0]) / 1024


def in_child(work: Callable[[], bytes]) -> bytes | str:
    """Run ``work`` in a separate process; return its result, or the error it ended with as text."""
    read, write = os.pipe()
    process = os.fork()
    if not process:
        os.close(read)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # libraries report every flaw
        with os.fdopen(write, "wb") as pipe:
            try:
                pipe.write(b"+" + work())
            except BaseException as error:
                pipe.write(b"-" + f"{type(error).__name__}: {error}".encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(process, 0)
    return answer[1:] if answer.startswith(b"+") else answer[1:].decode() or "the process died"


def warm_up() -> None:
    """Load everything that cases need, so that no case is charged for it."""
    pillow_heif.register_heif_opener()
    small = Image.new("RGB", (8, 8))
    for name in formats.names():
        formats.encode(name, small, formats.Settings())
    for name in filters.names():
        filters.apply(small, name, FILTERS.get(name, {}))

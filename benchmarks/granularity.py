"""Compare the two granularities' own work: all of it in one step on one decode, or a step after the other.

    .venv/bin/python benchmarks/granularity.py

The steps run in this process, on the sample photos and on larger ones made of them, with a store in memory
and with one that takes 25 ms per call, like the clouds' stores. A function is billed for the wall time of its
step, so that of all steps is added up, whatever runs beside what. The granularities take turns; of each time
the least of the repetitions counts, since all that disturbs only adds to it.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from camera import PHOTOS, SAMPLES, make_photo
from rich.console import Console
from rich.table import Table

from core import recipes
from core.job import Job, Source
from core.memory import MemoryStore
from core.ports import Upload
from core.steps import Tools, execute
from core.workflow.granularity import FUSED, STEPWISE, pipeline_in

CALL_MS = 25.0


class SlowStore(MemoryStore):
    """A store in memory with a delay on every call."""

    def __init__(self, objects: dict[str, bytes], call_ms: float) -> None:
        super().__init__(objects)
        self._call_seconds = call_ms / 1000

    def get(self, key: str, max_bytes: int, upload: Upload | None = None) -> bytes:
        """See :meth:`core.ports.ObjectStore.get`."""
        time.sleep(self._call_seconds)
        return super().get(key, max_bytes, upload)

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """See :meth:`core.ports.ObjectStore.put`."""
        time.sleep(self._call_seconds)
        super().put(key, data, content_type)


@dataclass(frozen=True)
class Times:
    """The total times of all steps, in milliseconds."""

    wall: float
    cpu: float


def run(photo: Path, granularity: str, chosen: str, call_ms: float = 0) -> Times | None:
    """Run all steps once; ``None`` if the file is refused, as some samples should be."""
    data = photo.read_bytes()
    store = SlowStore({photo.name: data}, call_ms)
    tools = Tools(store, store, recipes.load(chosen), 2**30, 10**9)
    job = Job("0" * 32, chosen, Source("here", photo.name, "", len(data)), "here", "", "")
    wall, cpu = time.perf_counter(), time.process_time()
    for step in pipeline_in(granularity).steps():
        job = execute(step.name, job, tools)
        if job.error:
            return None
    return Times((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000)


def measure(photo: Path, chosen: str, call_ms: float, repetitions: int) -> list[tuple[float, float]]:
    """Return CPU time, wall time, and wall time with a slow store, each stepwise and fused."""
    runs: dict[tuple[str, float], list[Times]] = {}
    for _ in range(repetitions):
        for slow in (0, call_ms):
            for granularity in (STEPWISE, FUSED):
                if times := run(photo, granularity, chosen, slow):
                    runs.setdefault((granularity, slow), []).append(times)
    stepwise, fused = ([runs[each, slow] for slow in (0, call_ms)] for each in (STEPWISE, FUSED))
    return [
        (min(each.cpu for each in stepwise[0]), min(each.cpu for each in fused[0])),
        (min(each.wall for each in stepwise[0]), min(each.wall for each in fused[0])),
        (min(each.wall for each in stepwise[1]), min(each.wall for each in fused[1])),
    ]


def _of_all(pairs: Iterable[tuple[float, float]]) -> str:
    stepwise, fused = (sum(each) for each in zip(*pairs, strict=True))
    return f"{stepwise:.0f} {fused:.0f} {fused / stepwise:.2f}"


def main() -> None:
    """Measure and print a line for each photo."""
    parser = argparse.ArgumentParser(description="Compare the two granularities' own work.")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--call-ms", type=float, default=CALL_MS, help="what a call to the slow store takes")
    parser.add_argument("--megapixels", type=int, nargs="*", choices=PHOTOS, default=[6, 12, 24])
    parser.add_argument("--recipe", default="gallery")
    asked = parser.parse_args()
    console = Console()
    console.print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    table = Table(title=f"ms stepwise, fused, and their ratio; recipe {asked.recipe}")
    for column in ("", "CPU", "wall", f"wall, {asked.call_ms:g} ms a call"):
        table.add_column(column, justify="right" if column else "left")
    with TemporaryDirectory() as name:
        for megapixels in asked.megapixels:
            make_photo(Path(name) / f"{megapixels:02} MP.jpg", PHOTOS[megapixels])
        photos = [*sorted(SAMPLES.glob("*.[jpgw]*")), *sorted(Path(name).iterdir())]
        rows = {
            photo.name: measure(photo, asked.recipe, asked.call_ms, asked.repetitions)
            for photo in photos
            if run(photo, FUSED, asked.recipe)  # the very first run also imports modules
        }
    for photo, pairs in rows.items():
        table.add_row(photo, *(_of_all([pair]) for pair in pairs))
    samples = zip(*(pairs for photo, pairs in rows.items() if (SAMPLES / photo).exists()), strict=True)
    table.add_section()
    table.add_row("all samples", *map(_of_all, samples))
    console.print(table)


if __name__ == "__main__":
    main()

"""Twinlens: the step that makes every output from one decode."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from measure import main

from core import recipes
from core.job import Job, Source
from core.memory import MemoryStore
from core.steps import Tools
from core.steps.process import run
from core.store.folder import FolderStore

GALLERY = [
    {"name": "auto_contrast", "cutoff": 0.5},
    {"name": "sharpen", "radius": 1.0, "percent": 60, "threshold": 2},
]


def work(photo: Path, folder: Path, task: dict[str, Any]) -> None:
    """Write every output of the task."""
    outputs = [dict(output) for output in task["outputs"]]
    asked = {"sizes": task["sizes"], "filters": GALLERY if task["filtered"] else [], "outputs": outputs}
    made = MemoryStore()
    tools = Tools(FolderStore(photo.parent), made, recipes.parse("benchmark", asked), 2**30, 10**9)
    job = Job("0" * 32, "benchmark", Source("here", photo.name, "", photo.stat().st_size), "here", "", "")
    for artifact in run(job, tools).artifacts:
        (folder / artifact.name).write_bytes(made.objects[artifact.key])


main(work)

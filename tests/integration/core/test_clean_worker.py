"""A worker leaves nothing behind: neither in its temporary folder, nor in memory, nor in the next job.

One process handles a huge photo, a broken one and a small one in turn, several times over, as a warm worker
of either cloud does.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

# What may stay: the libraries' own caches, and what the allocator keeps in hand.
KEPT_MB = 32
ROUNDS = 4

WORKER = """
import hashlib, io, json, os, sys
import psutil
from PIL import Image
from core import recipes
from core.errors import PhotoError
from core.job import Job, Source
from core.memory import MemoryStore
from core.steps import Tools, execute

def file(width, height):
    stream = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(stream, "JPEG", quality=90)
    return stream.getvalue()

photos = {"huge": file(6000, 4000), "small": file(320, 240)}
photos["broken"] = photos["huge"][: len(photos["huge"]) // 2]
gallery = recipes.load("gallery")
process = psutil.Process()
told = []

def handle(name):
    tools = Tools(MemoryStore({"photo": photos[name]}), MemoryStore(), gallery, 1 << 26, 1 << 26)
    job = Job("0" * 32, "gallery", Source("", "photo", "", 0), "", "", "")
    try:
        for step in ("validate", "resize", "apply_filters", "optimize"):
            if name == "broken" and step == "optimize":
                break
            job = execute(step, job, tools)
    except PhotoError:
        pass  # validate said it before; a step that is run all the same says it again
    return {
        key: hashlib.sha256(data).hexdigest()
        for key, data in tools.output.objects.items() if key.startswith("jobs/")
    }

small = handle("small")
base = process.memory_info().rss
for _ in range(int(sys.argv[1])):
    handle("huge")
    handle("broken")
    same = handle("small") == small
    told.append({"mb": (process.memory_info().rss - base) / 2**20, "same": same})
left = os.listdir(os.environ["TMPDIR"])
json.dump({"rounds": told, "left": left, "open": len(process.open_files())}, sys.stdout)
"""


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What the worker told of itself after each round."""
    temporary = tmp_path_factory.mktemp("worker")
    done = subprocess.run(
        [sys.executable, "-c", WORKER, str(ROUNDS)],
        cwd=Path(__file__).parents[3],
        env={"TMPDIR": str(temporary), "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


def test_memory_returns_to_where_it_was(rounds):
    assert [round(each["mb"]) for each in rounds["rounds"] if each["mb"] > KEPT_MB] == []


def test_nothing_is_left_in_the_temporary_folder(rounds):
    assert rounds["left"] == []
    assert rounds["open"] == 0


def test_what_came_before_changes_nothing(rounds):
    assert all(each["same"] for each in rounds["rounds"])

"""Four photos at once in an Azure instance of 2 GB that would together need more end as they do alone.

Two of them fit beside each other; the others wait. The worker's process may hold what the instance leaves it
(RLIMIT_DATA, since a test may not make a control group everywhere). An allocation beyond that fails, where
the platform would end the worker and with it every photo in it.
"""

import json
import subprocess
import sys
from pathlib import Path

from components.azure.instance import HOST_MB, Instance
from core.deployment.limits import DEFAULT_MAX_BYTES
from tools import crafted

MEMORY_MB = 2048
INSTANCE = Instance.of(MEMORY_MB, DEFAULT_MAX_BYTES)

WORKER = """
import io, json, os, resource, sys, zlib
from concurrent.futures import ThreadPoolExecutor
from core import recipes
from core.job import Job, Source
from core.memory import MemoryStore
from core.steps import Tools, execute

data = open(sys.argv[2], "rb").read()
gallery = recipes.load("gallery")
limit = int(sys.argv[1]) * 2**20
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))

def handle(number):
    job = Job(f"{number:032}", "gallery", Source("", "photo", "", len(data)), "", "", "")
    tools = Tools(MemoryStore({"photo": data}), MemoryStore(), gallery, 1 << 26, 10**8)
    try:
        done = execute("process", job, tools)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return done.error.message if done.error else "succeeded"

with ThreadPoolExecutor(4) as pool:
    ends = list(pool.map(handle, range(4)))
peak = [line for line in open("/proc/self/status") if line.startswith("VmHWM")][0].split()[1]
print(json.dumps([ends, int(peak) // 1024]))
"""


def worker(photo: Path, photo_mb: int) -> tuple[list[str], int]:
    told = subprocess.run(
        [sys.executable, "-c", WORKER, str(MEMORY_MB - HOST_MB), str(photo)],
        cwd=Path(__file__).parents[3],
        env={"TWINLENS_MEMORY_MB": "2048", "TWINLENS_PHOTO_MB": str(photo_mb), "TWINLENS_WAIT_SECONDS": "60"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(told.stdout)


def test_four_photos_of_64_megapixels_share_an_instance(tmp_path):
    photo = tmp_path / "photo.png"
    photo.write_bytes(crafted.png((8000, 8000), 8, 6))
    ends, peak_mb = worker(photo, INSTANCE.photo_mb)
    assert ends == ["succeeded"] * INSTANCE.activities
    assert peak_mb < MEMORY_MB - HOST_MB

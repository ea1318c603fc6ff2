"""Send many photos at once through the front doors of the local stacks, and see that nothing is lost.

Start the emulators with ``twinlens local up``, give the stacks a front door, then:

    .venv/bin/python -m benchmarks.front_door --photos 1000

Each photo is sent by a client of its own, and all begin at once. The jobs are followed through the API as
``twinlens submit --via-api --wait`` follows them. The exit code is 1 unless every job is told to have ended
well and the ledger has as many rows.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier

from PIL import Image
from rich.console import Console

from bench.api import Api, ApiError, Sent
from bench.stack import DeployedStack
from local.environment import LocalStack

PIXELS = (64, 48)
MOST_SECONDS = 3600

console = Console(highlight=False)


def measure(stack: str, photos: int) -> bool:
    """Send the photos through the stack's front door; return whether each succeeded and has one row."""
    deployment = DeployedStack.of(stack)
    api, start = Api(deployment.outputs["apiUrl"]), Barrier(photos)
    before = len(list(deployment.rows()))

    def client(photo: Path) -> Sent | str:
        start.wait()
        try:
            return api.send(photo, photo.name)
        except ApiError as error:
            return str(error)

    with TemporaryDirectory() as folder, ThreadPoolExecutor(photos) as clients:
        files = [_photo(Path(folder) / f"{number:05}.jpg", number) for number in range(photos)]
        began = time.monotonic()
        sent = list(clients.map(client, files))
    uploads = [each for each in sent if isinstance(each, Sent)]
    console.print(f"{stack}: {len(uploads):,} of {photos:,} taken in {time.monotonic() - began:.0f} s")
    jobs = api.follow(uploads, MOST_SECONDS, lambda _: None)
    found = Counter(each for each in sent if isinstance(each, str))
    found += Counter(jobs[each]["state"] if each in jobs else "unfinished" for each in uploads)
    rows = len(list(deployment.rows())) - before
    console.print(f"{stack}: {dict(found)}, {rows:,} rows in {time.monotonic() - began:.0f} s")
    return found == {"succeeded": photos} and rows == photos


def _photo(path: Path, number: int) -> Path:
    """Write a tiny photo unlike all others: the door is under load here, not the photo core."""
    Image.new("RGB", PIXELS, (number % 256, number // 256 % 256, 0)).save(path)
    return path


def main() -> None:
    """Measure the requested stacks, one after the other."""
    parser = argparse.ArgumentParser(description="Send many photos at once through front doors.")
    parser.add_argument("--photos", type=int, default=1000, help="how many, 1000 unless said otherwise")
    parser.add_argument(
        "--stack", action="append", choices=[*LocalStack], help="repeat for several; default both"
    )
    asked = parser.parse_args()
    whole = [measure(stack, asked.photos) for stack in asked.stack or LocalStack]
    sys.exit(0 if all(whole) else 1)


if __name__ == "__main__":
    main()

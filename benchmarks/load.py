"""Submit many photos at once to the local stacks, and see that nothing is lost and nothing grows.

Start the emulators with ``twinlens local up``, then:

    .venv/bin/python benchmarks/load.py --photos 1000 --rounds 2

Every ten seconds a line says how many jobs have ended, how many end in a second, and how much memory the
emulators and all their workers take. With several rounds, it prints the growth of memory per job after the
first round, when all workers are warm. The exit code is 1 unless every job succeeds.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from io import BytesIO

import psutil
from memory import emulators, total_mb
from PIL import Image
from rich.console import Console

from bench import project
from bench.sending import FINAL_STATES
from bench.stack import DeployedStack
from core.job import job_id
from local.environment import LocalStack

LOOK_SECONDS = 10
QUIET_LOOKS = 12  # in a row in which no job ends; the remaining jobs then count as lost
PHOTO = project.root() / "samples" / "sunset.jpg"
PIXELS = (320, 240)

console = Console(highlight=False)


@dataclass(frozen=True)
class Look:
    """One sample: seconds since the first upload, jobs that have ended, MB of memory."""

    seconds: float
    ended: int
    memory_mb: float


def measure(stack: str, photos: int, rounds: int) -> Counter[str]:
    """Send the photos through the stack in rounds; return the number of jobs by outcome or ``lost``."""
    deployment = DeployedStack.of(stack)
    roots = emulators(deployment.outputs["cloud"])
    found: Counter[str] = Counter()
    memory = []
    for _ in range(rounds):
        found += _round(deployment, photos, roots)
        time.sleep(LOOK_SECONDS)
        memory.append(total_mb(roots))
    if rounds > 1:
        grown = (memory[-1] - memory[0]) * 1024 / (photos * (rounds - 1))
        told = ", ".join(f"{each:,.0f}" for each in memory)
        console.print(f"{stack}: {told} MB after each round, {grown:.1f} KB more by the job after the first")
    return found


def _round(deployment: DeployedStack, photos: int, roots: Mapping[str, psutil.Process]) -> Counter[str]:
    stack, data = deployment.stack, _photo()
    run = secrets.token_hex(3)
    began = time.monotonic()
    with ThreadPoolExecutor(32) as senders:
        jobs = set(senders.map(partial(_send, deployment, data, run), range(photos)))
    console.print(f"{stack}: {photos:,} uploads in {time.monotonic() - began:.0f} s")
    looks = [Look(time.monotonic() - began, 0, total_mb(roots))]
    while True:
        time.sleep(LOOK_SECONDS)
        states = {row.id: row.state for row in deployment.rows() if row.id in jobs}
        ended = sum(each in FINAL_STATES for each in states.values())
        looks.append(Look(time.monotonic() - began, ended, total_mb(roots)))
        _tell(looks[-2], looks[-1])
        if ended == photos or (len(looks) > QUIET_LOOKS and looks[-QUIET_LOOKS].ended == ended):
            break
    found = Counter(each if each in FINAL_STATES else "lost" for each in states.values())
    found["lost"] += photos - len(states)
    seconds = next(each.seconds for each in looks if each.ended == looks[-1].ended)
    console.print(f"{stack}: {dict(found)} in {seconds:.0f} s, {looks[-1].ended / seconds:.1f} jobs a second")
    return found


def _photo() -> bytes:
    """Return a small photo: the orchestration is under load here, not the photo core."""
    file = BytesIO()
    Image.open(PHOTO).resize(PIXELS).save(file, "JPEG")
    return file.getvalue()


def _send(deployment: DeployedStack, data: bytes, run: str, number: int) -> str:
    key = deployment.key(f"load/{run}/{number:05}.jpg")
    etag = deployment.connection.upload(key, data)
    return job_id(deployment.outputs["inputContainer"], key, etag, deployment.outputs["recipe"])


def _tell(before: Look, after: Look) -> None:
    rate = (after.ended - before.ended) / (after.seconds - before.seconds)
    console.print(
        f"{after.seconds:6.0f} s  {after.ended:6,} ended  {rate:5.1f} a second  {after.memory_mb:6,.0f} MB"
    )


def main() -> None:
    """Measure the requested stacks, one after the other."""
    parser = argparse.ArgumentParser(description="Submit many photos at once to the local stacks.")
    parser.add_argument("--photos", type=int, default=1000, help="how many, 1000 unless said otherwise")
    parser.add_argument("--rounds", type=int, default=1, help="how many times, once unless said otherwise")
    parser.add_argument(
        "--stack", action="append", choices=[*LocalStack], help="repeat for several; default both"
    )
    asked = parser.parse_args()
    found = [measure(stack, asked.photos, asked.rounds) for stack in asked.stack or LocalStack]
    sys.exit(0 if all(set(+each) == {"succeeded"} for each in found) else 1)


if __name__ == "__main__":
    main()

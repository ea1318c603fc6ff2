"""Send a batch of tiny photos through a local stack: nothing is lost, nothing done twice, and nothing grows.

Start the emulators with ``twinlens local up``, then:

    .venv/bin/python benchmarks/batch.py --stack aws-local --items 10000

Every ten seconds a line says how many items have ended and what each emulator takes. The exit code is 1
unless every item has a picture and exactly one notification.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

from memory import emulators, memory, total_mb
from PIL import Image
from rich.console import Console

from bench import batches
from bench.stack import DeployedStack
from core.batch.items import MAX_CONCURRENCY, Item
from core.batch.summary import counts, outcomes
from core.ledger import OPEN
from local.environment import LocalStack
from local.notifications import Take, subscribed

LOOK_SECONDS = 10
PIXELS = (48, 32)
SENDERS = 16

console = Console(highlight=False, soft_wrap=True)


def measure(stack: str, count: int, concurrency: int) -> bool:
    """Send so many photos through the stack as one batch; return whether all ended right, each once."""
    deployment = DeployedStack.of(stack)
    with subscribed(deployment.outputs) as take:
        return _measured(deployment, take, count, concurrency)


def _measured(deployment: DeployedStack, take: Take, count: int, concurrency: int) -> bool:
    prefix = f"archive/benchmark-{secrets.token_hex(3)}/"
    began = time.monotonic()
    with ThreadPoolExecutor(SENDERS) as senders:
        list(senders.map(lambda at: _upload(deployment, prefix, at), range(count)))
    console.print(f"{deployment.stack}: {count:,} photos stored in {time.monotonic() - began:.0f} s")
    began = time.monotonic()
    items = batches.in_prefix(deployment, prefix, deployment.outputs["recipe"])
    made, listed = batches.start(
        deployment, items, batches.Options(concurrency, 0), deployment.outputs["recipe"]
    )
    console.print(f"{deployment.stack}: listed and started in {time.monotonic() - began:.0f} s")
    ended, notices = _followed(deployment, made, take)
    return _right(deployment, listed, notices) and ended == "succeeded"


def _upload(deployment: DeployedStack, prefix: str, number: int) -> None:
    stream = BytesIO()
    Image.new("RGB", PIXELS, (number % 256, number // 256, 90)).save(stream, "JPEG")
    deployment.connection.upload(f"{prefix}{number:06}.jpg", stream.getvalue())


def _followed(deployment: DeployedStack, made: str, take: Take) -> tuple[str, Counter[str]]:
    """Watch the batch until it has ended; return its state, and how often each job was notified of."""
    processes = emulators(deployment.outputs["cloud"])
    began, notices, before, most = time.monotonic(), Counter[str](), 0, 0.0
    while True:
        time.sleep(LOOK_SECONDS)
        deployment.check()
        notices.update(body["id"] for _, body in take())
        row = deployment.row(made)
        most = max(most, total_mb(processes))
        told = "; ".join(f"{name} {memory(each)}" for name, each in processes.items())
        ended, seconds = notices.total(), time.monotonic() - began
        console.print(
            f"{seconds:6.0f} s {ended:7,} ended {(ended - before) / LOOK_SECONDS:6.1f} a second  {told}"
        )
        before = ended
        if row is not None and row.state not in OPEN and made in notices:
            console.print(f"{row.state} in {seconds:.0f} s, at most {most:,.0f} MB")
            notices.update(body["id"] for _, body in take())
            return row.state, notices


def _right(deployment: DeployedStack, items: Sequence[Item], notices: Counter[str]) -> bool:
    counted = counts(outcomes(items, deployment.row))
    repeated = {each: times for each, times in notices.items() if times > 1}
    unheard = {each.id for each in items} - notices.keys()
    console.print(f"{counted}; {len(repeated)} notified more than once, {len(unheard)} never")
    return counted == {"succeeded": len(items)} and not repeated and not unheard


def main() -> None:
    """Measure one stack."""
    parser = argparse.ArgumentParser(description="Send a batch of tiny photos through a local stack.")
    parser.add_argument("--stack", choices=[*LocalStack], required=True)
    parser.add_argument("--items", type=int, default=1000, help="how many, 1000 unless said otherwise")
    parser.add_argument("--concurrency", type=int, default=MAX_CONCURRENCY, help="how many at once")
    asked = parser.parse_args()
    sys.exit(0 if measure(asked.stack, asked.items, asked.concurrency) else 1)


if __name__ == "__main__":
    main()

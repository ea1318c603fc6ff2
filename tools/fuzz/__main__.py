"""Mutate sample photos at random, and check that each yields a photo or one of our own errors, in time.

    .venv/bin/python -m tools.fuzz --inputs 20000 --seed 1

One file in eight is processed with a small recipe, the others are read. The same seed makes the same files.
Files that break the rules are written to ``out/fuzz/``, and the exit code is then 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

from tools.fuzz.batch import try_batch

FINDINGS = Path(__file__).parents[2] / "out" / "fuzz"
BATCH = 500  # files that one process tries before it reports


def main() -> None:
    """Fuzz on all cores, print the outcomes, and keep the files that broke the rules."""
    parser = argparse.ArgumentParser(description="Fuzz the processing of photos.")
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time-limit", type=float, default=10, help="seconds of CPU for one file")
    asked = parser.parse_args()
    seeds_of_batches = [f"{asked.seed}-{number}" for number in range(-(-asked.inputs // BATCH))]
    began, seen, peak_mb = time.monotonic(), Counter[str](), 0.0
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        running = {pool.submit(try_batch, seed, BATCH, asked.time_limit): seed for seed in seeds_of_batches}
        for done in as_completed(running):
            try:
                batch = done.result()
            except BrokenProcessPool:
                seen[f"!a process died in batch {running[done]} or beside it"] += 1
                continue
            seen += batch.outcomes
            peak_mb = max(peak_mb, batch.peak_mb)
            for number, data in enumerate(batch.findings):
                FINDINGS.mkdir(parents=True, exist_ok=True)
                (FINDINGS / f"{running[done]}-{number}.bin").write_bytes(data)
    rate = seen.total() / (time.monotonic() - began)
    head = f"seed {asked.seed}: {seen.total():,} files, {rate:,.0f} a second, {peak_mb:.0f} MB at most"
    sys.stdout.write("\n".join([head, *(f"{count:8,}  {name}" for name, count in seen.most_common()), ""]))
    if any(name.startswith("!") for name in seen):
        sys.stdout.write(f"What broke the rules is in {FINDINGS}.\n")
        sys.exit(1)


if __name__ == "__main__":
    main()

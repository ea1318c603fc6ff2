"""Search for the photos and recipes that use the most memory and CPU time, relative to the limits.

    .venv/bin/python -m tools.worst --seconds 600 --seed 1

Cases are drawn at random, and the worst of each format are changed in small steps as long as that makes them
worse. Each runs in a separate process. The exit code is 1 if a case used more memory than
:mod:`core.photo.budget` allows, or more CPU time than :mod:`tools.worst.cpu`.
"""

from __future__ import annotations

import argparse
import sys

from tools.worst.cases import MODES
from tools.worst.search import OBJECTIVES, search


def main() -> None:
    """Search, and print the worst of each format."""
    parser = argparse.ArgumentParser(description="Search for what takes the most memory and CPU.")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pixels", type=int, default=4_000_000, help="the largest file's")
    parser.add_argument("--kinds", nargs="+", choices=MODES, default=[*MODES])
    asked = parser.parse_args()
    found = search(asked.seconds, asked.seed, asked.pixels, tuple(asked.kinds))
    for name in OBJECTIVES:
        sys.stdout.write(f"The worst by {name}:\n")
        for kind in asked.kinds:
            if worst := found.get((kind, name)):
                sys.stdout.write(
                    f"  {kind:13} {worst.memory:5.2f} of the memory, {worst.taken_mb:.0f} of"
                    f" {worst.allowed_mb:.0f} MB; {worst.cpu:5.2f} of the CPU time, {worst.seconds:.1f} of"
                    f" {worst.allowed_seconds:.1f} s, for {worst.file_bytes:,} bytes; {worst.case}\n"
                )
    if broken := {name for name in ("memory", "cpu") for each in found.values() if getattr(each, name) > 1}:
        sys.stdout.write(f"The rule was broken: {', '.join(sorted(broken))}.\n")
        sys.exit(1)


if __name__ == "__main__":
    main()

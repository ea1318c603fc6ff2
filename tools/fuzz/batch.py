"""Many files tried in one process."""

from __future__ import annotations

import faulthandler
import os
import random
import resource
import sys
import warnings
from collections import Counter
from dataclasses import dataclass
from itertools import cycle, islice

from tools.fuzz.mutants import mutants
from tools.fuzz.outcome import RECIPES, outcome

# A file counts as hanging after this many times the CPU time limit in wall time.
_PATIENCE = 60
# One in this many files is processed, with each recipe in turn; the others are only read, which is faster.
_PROCESSED = 8


@dataclass(frozen=True)
class Batch:
    """The results of files: the count of each outcome, the files that broke the rules, and peak memory."""

    outcomes: Counter[str]
    findings: tuple[bytes, ...]
    peak_mb: float


def try_batch(seed: str, count: int, time_limit: float) -> Batch:
    """Try ``count`` files in this process, which ends at once if a library hangs."""
    warnings.simplefilter("ignore")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # libtiff reports every flaw
    seen, findings = Counter[str](), []
    files = islice(mutants(random.Random(seed)), count)  # noqa: S311 - repeatable, not secret
    turns = cycle(each for recipe in RECIPES for each in (recipe, *[None] * (_PROCESSED - 1)))
    for data, recipe in zip(files, turns, strict=False):
        faulthandler.dump_traceback_later(_PATIENCE * time_limit, exit=True)
        result = outcome(data, time_limit, recipe)
        seen[result] += 1
        if result.startswith("!"):
            findings.append(data)
    faulthandler.cancel_dump_traceback_later()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Batch(seen, tuple(findings), peak_mb)

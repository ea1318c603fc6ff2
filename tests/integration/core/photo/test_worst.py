"""A short search for what takes more memory or CPU time than the rules say; ``make fuzz`` searches longer."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.worst.cases import MODES
from tools.worst.search import OBJECTIVES

ROOT = Path(__file__).parents[4]


def test_a_search_finds_nothing_that_takes_more_than_the_rules() -> None:
    command = [sys.executable, "-m", "tools.worst", "--seconds", "5", "--seed", "1", "--pixels", "2000000"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    # A heading for each objective and a line for each format that was reached; a slow machine reaches fewer.
    lines = done.stdout.splitlines()
    assert len(OBJECTIVES) * 2 <= len(lines) <= len(OBJECTIVES) * (1 + len(MODES))


@pytest.mark.parametrize(
    ("objective", "change"),
    [
        (
            "memory",
            "budget.DECODING['webp'] = budget.PICTURE = 1; measuring.SLACK_MB = 8;"
            " formats.bytes_per_pixel = lambda output, opaque: 1",
        ),
        ("cpu", "cpu.START = cpu.DECODING = 0.001; cpu.encoding = lambda output: 0.001"),
    ],
)
def test_the_search_notices_a_rule_that_is_too_small(objective: str, change: str) -> None:
    program = (
        "from core.photo import budget, formats; from tools.worst import cpu, measuring, search\n"
        f"{change}\n"
        "found = (search.search(1, seed, 6_000_000, ('WEBP',)) for seed in range(60))\n"
        f"scores = (search.OBJECTIVES[{objective!r}](each['WEBP', {objective!r}]) for each in found)\n"
        "print(next(score for score in scores if score > 1))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) > 1

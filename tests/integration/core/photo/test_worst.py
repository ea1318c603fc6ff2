"""A short search for what takes more memory than the rule says; ``make fuzz`` searches longer."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_search_finds_nothing_that_takes_more_than_the_rule(seed: int) -> None:
    command = [sys.executable, "-m", "tools.worst", "--seconds", "20", "--seed", str(seed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == 11  # a line for every kind of file


def test_the_search_notices_a_rule_that_is_too_small() -> None:
    program = (
        "from core.photo import budget; budget.DECODING['webp'] = budget.PICTURE = 1\n"
        "from tools import worst; worst.SLACK_MB = 8; worst.formats.bytes_per_pixel = lambda name: 1\n"
        "print(worst.search(5, 1, 6_000_000, ('WEBP',))['WEBP'].score)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) > 1

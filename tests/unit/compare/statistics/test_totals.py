import random

import pytest

from compare.statistics import proportion


def test_a_total_is_so_much_of_another():
    found = proportion([(10.0, 5.0), (30.0, 5.0)])
    assert (found.pairs, found.value) == (2, 0.25)
    assert found.low is found.high is None


def test_equal_pairs_leave_no_doubt():
    found = proportion([(4.0, 1.0)] * 8)
    assert found.low == found.value == found.high == 0.25


def test_the_interval_holds_the_truth_nineteen_times_of_twenty():
    noise = random.Random(4)
    held = 0
    for _ in range(200):
        pairs = [
            (first, first * noise.uniform(0.2, 0.6)) for first in (noise.uniform(1, 3) for _ in range(40))
        ]
        found = proportion(pairs)
        held += found.low is not None and found.high is not None and found.low <= 0.4 <= found.high
    assert held / 200 == pytest.approx(0.95, abs=0.04)

import random

import pytest

from compare.statistics import proportion, totals


def test_a_total_is_so_much_of_another():
    found = proportion([(10.0, 5.0), (30.0, 5.0)])
    assert (found.pairs, found.value) == (2, 0.25)
    assert found.low is found.high is None


def test_six_pairs_have_an_interval():
    pairs = [(1.0, 0.5 + at / 10) for at in range(6)]
    assert proportion(pairs[:5]).low is None
    assert proportion(pairs).low < proportion(pairs).value < proportion(pairs).high


def test_equal_pairs_leave_no_doubt():
    found = proportion([(4.0, 1.0)] * 8)
    assert found.low == found.value == found.high == 0.25


def test_the_interval_holds_the_truth_nineteen_times_of_twenty(monkeypatch):
    monkeypatch.setattr(totals, "RESAMPLES", 1000)
    noise = random.Random(4)
    held = 0
    for _ in range(200):
        pairs = [
            (first, first * noise.uniform(0.2, 0.6)) for first in (noise.uniform(1, 3) for _ in range(40))
        ]
        found = proportion(pairs)
        held += found.low is not None and found.high is not None and found.low <= 0.4 <= found.high
    assert held / 200 == pytest.approx(0.95, abs=0.04)


def test_the_interval_is_that_of_resampled_pairs():
    """Every pair is drawn as often as every other, and as many as there are."""
    pairs = [(float(at), float(at * at)) for at in range(1, 8)]
    source = random.Random(5)

    def share():
        drawn = source.choices(pairs, k=len(pairs))
        return sum(each[1] for each in drawn) / sum(each[0] for each in drawn)

    found, drawn = proportion(pairs), sorted(share() for _ in range(20_000))
    assert found.value == 5
    assert found.low == pytest.approx(drawn[500], abs=0.03)
    assert found.high == pytest.approx(drawn[19_500], abs=0.03)

import random

import numpy as np
import pytest
from scipy.stats import binom

from compare.statistics import compare_all, compare_quantiles, comparison


def samples(count, scale=1.0, seed=1, bursts=1, apart=0.0):
    """A run: bursts of samples, whose medians differ by a factor of about 1 + ``apart``."""
    source = random.Random(seed)
    return [
        [scale * shift * source.lognormvariate(5, 0.3) for _ in range(count // bursts)]
        for shift in [source.lognormvariate(0, apart) for _ in range(bursts)]
    ]


def test_a_clear_difference_gets_a_verdict():
    ratio = compare_quantiles(samples(100), samples(100, 1.5, seed=2), 0.5)
    assert ratio.smaller == "first"
    assert ratio.low < ratio.value < ratio.high < 1
    assert compare_quantiles(samples(100, 1.5), samples(100, seed=2), 0.5).smaller == "second"


def test_equal_distributions_get_none():
    ratio = compare_quantiles(samples(60), samples(60, seed=2), 0.5)
    assert ratio.smaller == "undecided"
    assert ratio.low < 1 < ratio.high


def test_too_few_samples_get_no_ratio():
    assert compare_quantiles(samples(5), samples(100), 0.5).value is None
    assert compare_quantiles(samples(100), samples(50), 0.95).value is None


def test_the_same_runs_give_the_same_answer():
    first, second = samples(100), samples(100, seed=2)
    assert compare_quantiles(first, second, 0.5) == compare_quantiles(first, second, 0.5)


def test_the_interval_is_that_of_whole_resamples():
    first, second = samples(80), samples(90, 1.2, seed=2)
    ratio = compare_quantiles(first, second, 0.5)
    source = random.Random(3)

    def median(values):
        return sorted(source.choices(values, k=len(values)))[(len(values) - 1) // 2]

    drawn = sorted(median(first[0]) / median(second[0]) for _ in range(3000))
    assert ratio.low == pytest.approx(drawn[75], rel=0.05)
    assert ratio.high == pytest.approx(drawn[2925], rel=0.05)


def test_the_interval_holds_the_true_ratio_as_often_as_it_says(monkeypatch):
    monkeypatch.setattr(comparison, "RESAMPLES", 1000)
    held, verdicts = 0, 0
    for seed in range(50):
        other = samples(60, 1.25, seed=1000 + seed)
        held += (ratio := compare_quantiles(samples(60, seed=seed), other, 0.5)).low <= 0.8 <= ratio.high
        same = samples(60, seed=1000 + seed)
        verdicts += compare_quantiles(samples(60, seed=seed), same, 0.5).smaller != "undecided"
    assert held >= 45
    assert verdicts <= 5


def test_bursts_that_differ_are_no_difference_between_runs(monkeypatch):
    monkeypatch.setattr(comparison, "RESAMPLES", 1000)
    # Samples drawn without regard to bursts would give some twenty verdicts here.
    verdicts = [
        compare_quantiles(
            samples(60, seed=seed, bursts=6, apart=0.2),
            samples(60, seed=1000 + seed, bursts=6, apart=0.2),
            0.5,
        ).smaller
        for seed in range(50)
    ]
    assert 50 - verdicts.count("undecided") <= 6


def test_a_large_run_takes_no_longer_than_it_must(monkeypatch):
    asked = []
    resampled = comparison._resampled
    monkeypatch.setattr(
        comparison,
        "_resampled",
        lambda bursts, p, resamples, random: (
            asked.append(resamples) or resampled(bursts, p, resamples, random)
        ),
    )
    monkeypatch.setattr(comparison, "PATIENCE", 2_000_000)
    ratio = compare_quantiles(samples(3000, bursts=100), samples(3000, 1.01, seed=2, bursts=100), 0.95)
    assert ratio.low < ratio.value < ratio.high
    assert asked == [666] * 2


def test_each_run_is_drawn_once_for_all_its_pairs(monkeypatch):
    drawn = []
    resampled = comparison._resampled
    monkeypatch.setattr(comparison, "_resampled", lambda *given: drawn.append(given) or resampled(*given))
    runs = [samples(80, scale, seed=seed) for seed, scale in ((1, 1.0), (2, 1.5), (3, 2.0))]
    found = compare_all([*runs, samples(3)], 0.5)
    assert len(drawn) == 3
    assert list(found) == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    assert [found[pair].smaller for pair in ((0, 1), (0, 2), (1, 2))] == ["first"] * 3
    assert found[0, 3].value is None
    assert found[0, 1] == compare_quantiles(runs[0], runs[1], 0.5)


def test_empty_bursts_say_nothing():
    first, second = samples(60, bursts=3), samples(60, 1.5, seed=2, bursts=3)
    assert compare_quantiles([[], *first], second, 0.5).value == compare_quantiles(first, second, 0.5).value


@pytest.mark.parametrize(("p", "rank"), [(0.6, 5), (0.5, 4), (0.1, 1), (0.95, 7), (4 / 7, 4)])
def test_a_resample_is_a_draw_of_as_many_samples_and_its_quantile_has_that_rank(p, rank):
    """Of 1 to 7, drawn seven times with replacement: the exact distribution of the sample at that rank."""
    found = comparison._resampled([list(range(7, 0, -1))], p, 100_000, _random())
    at_most = [binom.sf(rank - 1, 7, value / 7) for value in range(1, 8)]
    assert [float(np.mean(found <= value)) for value in range(1, 8)] == pytest.approx(at_most, abs=0.006)


def test_whole_bursts_are_drawn():
    """Of two bursts of one sample each, both draws are the first burst one time in four."""
    found = comparison._resampled([[1.0], [2.0]], 0.5, 100_000, _random())
    # Drawn twice the first: 1; drawn both: the smaller of two draws from both, 2 one time in four.
    assert float(np.mean(found == 1)) == pytest.approx(1 / 4 + 1 / 2 * 3 / 4, abs=0.006)


def _random():
    return np.random.default_rng(1)

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from compare.statistics import quantile


def test_no_sample_has_no_quantile():
    assert quantile([], 0.5).value is None


def test_the_quantile_is_a_sample():
    assert quantile([1, 2, 3, 4], 0.5).value == 2
    assert quantile(list(range(1, 101)), 0.95).value == 95


@pytest.mark.parametrize(
    ("count", "p", "known"),
    [(5, 0.5, False), (6, 0.5, True), (71, 0.95, False), (72, 0.95, True), (100, 0.99, False)],
)
def test_too_few_samples_have_no_interval(count, p, known):
    # A median needs 6 samples: the chance that all 5 lie on one side of it is 2 / 32, over 5 %.
    # The 95 % quantile needs 72: 0.95 ** 71, the chance that all lie below it, is still over 2.5 %.
    assert (quantile(list(range(count)), p).low is not None) == known


def test_the_interval_of_a_median_is_the_published_one():
    # Conover, table A3: for n = 20 and p = 0.5 the 6th and 15th smallest bound the median with 95.9 %.
    figure = quantile(list(range(1, 21)), 0.5)
    assert (figure.low, figure.high) == (6, 15)


def test_the_interval_holds_the_true_quantile_as_often_as_it_says():
    source = random.Random(7)
    held = 0
    for _ in range(300):
        figure = quantile([source.expovariate(1) for _ in range(100)], 0.5)
        held += figure.low <= 0.6931 <= figure.high
    assert held >= 0.92 * 300


@pytest.mark.parametrize("p", [0.5, 0.95, 0.99])
def test_the_interval_is_the_narrowest_that_holds_what_it_says_whatever_the_distribution(p):
    # The true quantile lies between the samples of ranks low and high if at least low and at most high - 1
    # samples fall below it: each miss may have 2.5 %, and one rank further in would have more.
    for count in (*range(1, 100, 9), 150, 180, 300, 368, 500):
        figure = quantile(list(range(1, count + 1)), p)
        assert figure.value == -(-count * round(100 * p) // 100)
        if figure.low is None:
            assert max(p, 1 - p) ** count > 0.025
            continue
        low, high = int(figure.low), int(figure.high)
        assert binom.cdf(low - 1, count, p) <= 0.025 < binom.cdf(low, count, p)
        assert binom.sf(high - 1, count, p) <= 0.025 < binom.sf(high - 2, count, p)


@given(st.lists(st.floats(0.1, 1e6), min_size=1, max_size=50), st.sampled_from([0.5, 0.95, 0.99]))
def test_the_interval_holds_the_sample_quantile(samples, p):
    figure = quantile(samples, p)
    assert figure.count == len(samples)
    if figure.low is not None:
        assert figure.low <= figure.value <= figure.high


@pytest.mark.parametrize(
    ("count", "p", "low", "high"),
    [
        # Ranks of the order statistics that bound the quantile: the binomial distribution's, by a table.
        (6, 0.5, 1, 6),
        (10, 0.5, 2, 9),
        (20, 0.5, 6, 15),
        (100, 0.5, 40, 61),
        (1000, 0.5, 469, 532),
        (72, 0.95, 64, 72),
        (100, 0.95, 90, 100),
        (368, 0.99, 360, 368),
        (1000, 0.99, 983, 997),
    ],
)
def test_the_ends_are_these_order_statistics(count, p, low, high):
    found = quantile(list(range(count, 0, -1)), p)
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(("count", "p"), [(5, 0.5), (71, 0.95), (367, 0.99), (1, 0.5)])
def test_one_sample_fewer_has_no_interval(count, p):
    found = quantile(list(range(count)), p)
    assert (found.low, found.high) == (None, None)
    assert found.value is not None

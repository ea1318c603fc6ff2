from decimal import Decimal

import pytest

from compare.prices.reading import load as load_prices
from simulation.advice import advise as module
from simulation.advice.advise import Question, advise, keeps
from simulation.advice.chart import chart
from simulation.advice.variants import variants
from simulation.book import load
from simulation.workload import Photos


def asked(p95_s=5.0, images=100_000):
    return Question(images, "poisson", Photos(12, 12), p95_s, 0.0)


@pytest.fixture(scope="module")
def made():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "JOBS", 20)
        return advise(asked(), load(), load_prices(), draws=4)


def test_every_variant_is_ranked_by_bill_among_those_that_keep_the_objective(made):
    assert {each.variant for each in made.ranked} == set(variants())
    able = [each for each in made.ranked if keeps(each, made.question, 0)]
    assert made.ranked[: len(able)] == tuple(able)
    assert [each.bills.expected for each in able] == sorted(each.bills.expected for each in able)
    assert made.best == able[0]
    assert sum(each.wins for each in made.ranked) == pytest.approx(1.0)


def test_no_variant_on_the_frontier_is_beaten_in_both(made):
    for each in made.frontier:
        for other in made.ranked:
            better = (
                other.bills.expected < each.bills.expected
                and other.simulated.p95_s[0] < each.simulated.p95_s[0]
            )
            assert not better


def test_an_objective_that_none_keeps_has_no_winner(made):
    strict = asked(p95_s=0.01)
    again = module._decided(strict, made.ranked, [{"aws": 0.0, "azure": 0.0}] * 5)
    assert again.best is None
    assert not any(each.wins for each in again.ranked)


def test_a_drawn_bill_stays_within_its_bounds(made):
    each = made.ranked[0]
    for normal in (-9.0, -1.0, 0.0, 1.0, 9.0):
        assert each.bills.low <= Decimal(each.bill(normal)).quantize(Decimal("0.0001")) + Decimal("0.01")
        assert each.bill(normal) <= float(each.bills.high) + 0.01
    assert each.bill(0.0) == pytest.approx(float(each.bills.expected))


def test_a_daily_profile_is_simulated_at_its_busiest_hour():
    daily = Question(1_000_000, "daily", Photos(), 5.0, 0.0).arrivals
    steady = Question(1_000_000, "rate", Photos(), 5.0, 0.0).arrivals
    assert daily.rate_per_second == pytest.approx(1.5 * steady.rate_per_second)
    assert (daily.kind, steady.kind) == ("poisson", "rate")


def test_the_chart_marks_the_winner():
    drawn = chart([(10.0, 1.0, True), (100.0, 5.0, False), (50.0, 2.0, False)]).splitlines()
    assert "*" in drawn[11]
    assert drawn[0].startswith("     5 s |")
    assert drawn[0].endswith(".")
    assert "$10.00 a month" in drawn[-1]

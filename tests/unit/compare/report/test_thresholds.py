import pytest

from compare.folder import read
from compare.report import build
from compare.report.thresholds import failures, parse
from core.errors import SetupError


@pytest.fixture
def report(make_run, make_record):
    records = [make_record("a.jpg"), make_record("b.jpg", at=4000, state="rejected")]
    lost = [make_record("a.jpg", state="lost")]
    return build([read(make_run("aws-local", records)), read(make_run("azure-local", lost))])


def test_says_which_run_crosses_a_threshold(report):
    for threshold, said in (
        ("p95 > 1s", "aws-local: p95 is 1.08 s (p95 > 1s)."),
        ("p50>=1080ms", "aws-local: p50 is 1.08 s (p50>=1080ms)."),
        ("rejected > 0", "aws-local: rejected is 1 (rejected > 0)."),
        ("lost >= 1", "azure-local: lost is 1 (lost >= 1)."),
        ("cost_per_1000 < $0.50", "aws-local: cost_per_1000 is $0."),
        ("cost_per_month > 20", "aws-local: cost_per_month is $2"),
        ("p99 > 1s", "azure-local: there is no p99, so p99 > 1s cannot be ruled out."),
    ):
        assert any(each.startswith(said) for each in failures(report, parse([threshold]))), threshold


def test_what_is_within_its_limits_is_not_mentioned(report):
    assert not any("aws-local" in each for each in failures(report, parse(["p95 > 2s", "failed > 0"])))


def test_all_mistakes_are_named_at_once():
    with pytest.raises(SetupError) as refused:
        parse(["p96 > 3s", "p95 > 3", "lost > 1s", "slow"])
    metric, unit, count, form = str(refused.value).splitlines()
    assert metric.startswith("'p96 > 3s': 'p96' is not a metric (did you mean 'p9")
    assert unit == "'p95 > 3': the limit of p95 must be a time such as 3s or 800ms."
    assert count == "'lost > 1s': the limit of lost must be a number without a unit."
    assert form == "'slow' is no threshold; write 'p95 > 3s' or 'cost_per_1000 > 0.30'."

import pytest

from compare.report.model import Comparison
from compare.report.words import (
    CLOUD_NOTICE,
    EMULATOR_NOTICE,
    MIXED_NOTICE,
    duration,
    labels,
    listed,
    notice,
    size,
    tick,
    verdict,
    why,
)
from compare.statistics import Ratio


def test_says_where_it_was_measured(make_head):
    local, real = make_head("aws-local", ["a.jpg"]), make_head("aws", ["a.jpg"], where="cloud")
    assert notice([local, local]) == EMULATOR_NOTICE
    assert notice([real]) == CLOUD_NOTICE
    assert notice([local, real]) == MIXED_NOTICE
    assert "nothing of the clouds' own speed" in EMULATOR_NOTICE


def test_runs_are_named_by_what_sets_them_apart(make_head):
    def named(*changes):
        return labels([make_head("aws-local", ["a.jpg"], **each) for each in changes])

    assert labels([make_head("aws-local", []), make_head("azure-local", [])]) == ["aws-local", "azure-local"]
    assert named({}, {"memory_mb": 2048})[1] == "aws-local standard stepwise 2048 MB"
    assert named({"name": "one"}, {"name": "two"}) == ["aws-local one", "aws-local two"]
    assert named({}, {}) == ["aws-local 1", "aws-local 2"]


def test_the_largest_contributions_come_with_their_sign():
    comparison = Comparison(
        "one", "two", (), {"compute": -900.0, "gap": 200.0, "record": -50.0, "upload": 1.0}
    )
    assert why(comparison) == (
        "On average one took 749 ms longer than two: +900 ms computing, -200 ms waiting between steps "
        "and +50 ms recording the end."
    )


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        (
            Ratio(0.5, 0.5, 0.4, 0.6, "first"),
            "The median of one is 0.50 times that of two (95 % interval 0.40 to 0.60): one was faster.",
        ),
        (
            Ratio(0.95, 2.0, 1.4, 2.6, "second"),
            "The 95 % quantile of one is 2.00 times that of two (95 % interval 1.40 to 2.60): "
            "two was faster.",
        ),
        (
            Ratio(0.5, 0.9, 0.8, 1.1, "undecided"),
            "The median of one is 0.90 times that of two (95 % interval 0.80 to 1.10): "
            "no difference can be claimed.",
        ),
        (
            Ratio(0.5, None, None, None, "undecided"),
            "There are too few samples to compare the median of one and two.",
        ),
    ],
)
def test_a_verdict_is_given_only_where_there_is_one(ratio, said):
    assert verdict(Comparison("one", "two", (), {}), ratio) == said


def test_ticks_are_short():
    assert [tick(ms) for ms in (0, 500, 2500, 20_000)] == ["0", "500 ms", "2.5 s", "20 s"]


def test_numbers_are_written_for_readers():
    assert [duration(ms) for ms in (None, 0.4, 999, 1240, 83_000)] == [
        "-",
        "0 ms",
        "999 ms",
        "1.24 s",
        "83.0 s",
    ]
    assert [size(count) for count in (0, 999, 34_400, 4_230_000)] == ["0 B", "999 B", "34 kB", "4.2 MB"]
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]

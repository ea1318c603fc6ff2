from decimal import Decimal

import pytest

from compare.figures import counted, duration, listed, size, tick
from compare.report.cost_model import FunctionTime, Fusion
from compare.report.labels import labels, title
from compare.report.model import Comparison
from compare.report.words import (
    CLOUD_NOTICE,
    EMULATOR_NOTICE,
    MIXED_NOTICE,
    PARTLY_SIMULATED_NOTICE,
    SIMULATED_NOTICE,
    decided,
    notice,
    place,
    saved,
    why,
)
from compare.statistics import Proportion, Ratio


def test_says_where_it_was_measured(make_head):
    local, real = make_head("aws-local", ["a.jpg"]), make_head("aws", ["a.jpg"], where="cloud")
    assert notice([local, local]) == EMULATOR_NOTICE
    assert notice([real]) == CLOUD_NOTICE
    assert notice([local, real]) == MIXED_NOTICE
    assert place([local]) == "Measured on emulators"
    assert place([real]) == "Measured on clouds"
    assert place([local, real]) == "Emulators and clouds"
    assert "nothing about the speed of the clouds" in EMULATOR_NOTICE


def test_says_what_was_simulated_and_what_is_extrapolated(make_head):
    local, made = make_head("aws-local", []), make_head("aws", [], where="simulated", rests_on="calibrated")
    bold = make_head("aws", [], where="simulated", rests_on="extrapolated: no data", name="bold")
    assert notice([made]) == SIMULATED_NOTICE
    assert notice([made, bold]) == f"{SIMULATED_NOTICE} bold is extrapolated: no data."
    assert notice([local, made]) == PARTLY_SIMULATED_NOTICE
    assert place([made]) == "Simulated"
    assert place([local, made]) == "Emulators and simulation"


def test_runs_are_named_by_what_sets_them_apart(make_head):
    def named(*changes):
        return labels([make_head("aws-local", ["a.jpg"], **each) for each in changes])

    assert labels([make_head("aws-local", []), make_head("azure-local", [])]) == ["aws-local", "azure-local"]
    assert named({}, {"memory_mb": 2048})[1] == "aws-local 2048 MB"
    assert named({}, {"granularity": "fused", "orchestrator": "express"}) == [
        "aws-local standard stepwise",
        "aws-local express fused",
    ]
    assert named({}, {"chaos": "error=1"}) == ["aws-local with no faults", "aws-local with error=1"]
    assert named({"name": "one"}, {"name": "two"}) == ["aws-local one", "aws-local two"]
    assert named({}, {}) == ["aws-local 1", "aws-local 2"]


def test_other_stacks_settings_set_no_run_apart(make_head):
    runs = [
        make_head("aws-local", [], granularity="stepwise"),
        make_head("aws-local", [], granularity="fused"),
        make_head("azure-local", [], orchestrator="storage", memory_mb=2048),
    ]
    assert labels(runs) == ["aws-local stepwise", "aws-local fused", "azure-local stepwise"]
    assert title(runs) == "aws-local and azure-local: 3 runs"
    assert title(runs[1:]) == "aws-local and azure-local"


CONTRIBUTIONS = {"compute": -900.0, "gap": 200.0, "record": -50.0, "upload": 1.0}
PARTS = "+900 ms computing, -200 ms waiting between steps and +50 ms recording the result."


def test_the_largest_contributions_come_with_their_sign():
    slower = Ratio(0.5, 1.5, 1.2, 1.9, "second")
    assert why(Comparison("one", "two", (slower,), CONTRIBUTIONS)) == (
        f"On average one took 749 ms longer than two: {PARTS}"
    )


@pytest.mark.parametrize("ratios", [(), (Ratio(0.5, 1.5, 0.9, 1.9, "undecided"),)])
def test_no_run_is_called_slower_where_that_may_be_chance(ratios):
    assert why(Comparison("one", "two", ratios, CONTRIBUTIONS)) == (
        f"The means of one and two are 749 ms apart, which may be chance: {PARTS}"
    )


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        (Ratio(0.5, 0.5, 0.4, 0.6, "first"), "one was faster"),
        (Ratio(0.95, 2.0, 1.4, 2.6, "second"), "two was faster"),
        (Ratio(0.5, 0.9, 0.8, 1.1, "undecided"), "no difference can be claimed"),
        (Ratio(0.5, None, None, None, "undecided"), "too few samples"),
    ],
)
def test_a_verdict_is_given_only_where_there_is_one(ratio, said):
    assert decided(Comparison("one", "two", (), {}), ratio) == said


def fusion(low, high, rest=0.0, as_sent=(1000.0, 400.0)):
    stepwise = FunctionTime("stepwise", 9, 1000, as_sent[0], 350, 600, 300, 100)
    fused = FunctionTime("fused", 9, 400, as_sent[1], 350, 300, 60, rest)
    return Fusion(stepwise, fused, Proportion(9, 0.4, low, high))


def test_says_what_fusing_saves_and_what_of():
    assert saved(fusion(0.3, 0.5)) == (
        "fused is billed 0.40 times the GB-seconds of stepwise (95 % interval 0.30 to 0.50, 9 photos): "
        "computing takes 0.50 times as much, moving bytes 0.20 times."
    )
    assert "no difference can be claimed" in saved(fusion(0.3, 1.1))
    assert "too few to claim a difference" in saved(fusion(None, None))
    told = saved(fusion(0.3, 0.5, rest=100))
    assert "25% of the rest is minimums, rounding and overhead" in told
    assert told.endswith("a thousand photos, each alone, are billed at least 350.")


def test_says_what_fusing_saves_with_cold_starts_and_of_photos_that_come_together():
    assert saved(fusion(0.3, 0.5, as_sent=(900, 270))).endswith(
        " with cold starts and shared instances, the ratio is 0.30 times, 270 of 900."
    )
    assert saved(fusion(0.3, 0.5, as_sent=(1500, 480))).endswith(" the ratio is 0.32 times, 480 of 1,500.")
    assert "As they were sent" not in saved(fusion(0.3, 0.5, as_sent=(950, 380)))


def test_ticks_are_short():
    assert [tick(ms) for ms in (0, 500, 2500, 20_000)] == ["0", "500 ms", "2.5 s", "20 s"]


@pytest.mark.parametrize(
    ("quantity", "unit", "said"),
    [
        (3500, "request", "3,500 requests"),
        (1, "request of 64 KB", "1 request of 64 KB"),
        (2, "request of 64 KB", "2 requests of 64 KB"),
        ("0.5", "GB-second", "0.5 GB-seconds"),
        (7, "GB", "7 GB"),
        (9, "time series", "9 time series"),
        (9, "alarm metric", "9 alarm metrics"),
        (3, "write request unit", "3 write request units"),
        (3, "delivery", "3 deliveries"),
    ],
)
def test_quantities_have_plain_units(quantity, unit, said):
    assert counted(Decimal(quantity), unit) == said


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

import pytest

from compare.folder import read
from compare.metering.assumptions import INIT_MS
from compare.report.fusion import fusions
from compare.report.measured import measure


@pytest.fixture
def measured(make_run, make_record):
    def make(name, granularity, paces, **changes):
        records = [
            make_record(f"{at}.jpg", at=9000 * at, pace=pace, cold=at == 0, granularity=granularity)
            for at, pace in enumerate(paces)
        ]
        run = make_run("aws-local", records, name=name, granularity=granularity, **changes)
        return measure(read(run), name)

    return make


def test_billed_time_is_that_of_warm_jobs_of_the_same_photos(measured):
    stepwise = measured("slow", "stepwise", [9, 1, 1, 1])
    fused = measured("quick", "fused", [9, 0.5, 0.5])
    (found,) = fusions([fused, stepwise])
    assert (found.stepwise.label, found.fused.label) == ("slow", "quick")
    assert (found.stepwise.jobs, found.fused.jobs, found.share.pairs) == (2, 2, 2)
    # 60 + 300 + 420 + 350 ms at 1 GB, a thousand times.
    assert found.stepwise.billed == pytest.approx(1130)
    assert found.share.value == pytest.approx(0.5)
    assert found.stepwise.compute == pytest.approx(0.7 * 1130)
    assert found.stepwise.moving == pytest.approx(0.3 * 1130)


def test_what_was_billed_as_the_photos_came_has_their_cold_starts(make_run, make_record):
    """A photo's first job met one in each of its functions; INIT is assumed to take 500 ms."""
    runs = [
        make_run(
            "aws-local",
            [make_record("a.jpg", at=9000 * at, cold=at == 0, granularity=each) for at in range(2)],
            name=each,
            granularity=each,
        )
        for each in ("stepwise", "fused")
    ]
    (found,) = fusions([measure(read(run), run.name) for run in runs])
    assert found.stepwise.billed == found.fused.billed == pytest.approx(1130)
    assert found.stepwise.as_sent == pytest.approx(1130 + 4 * INIT_MS.value / 2)
    assert found.fused.as_sent == pytest.approx(1130 + INIT_MS.value / 2)


def test_an_instance_that_is_shared_is_billed_as_if_it_were_not(make_run, make_record):
    """Jobs of one moment would hide behind each other on Azure, stepwise and fused alike."""
    apart, together = (
        measure(
            read(
                make_run(
                    "azure-local",
                    [make_record(f"{at}.jpg", at=gap * at, granularity=each) for at in range(7)],
                    region="eastus2",
                    name=each,
                    granularity=each,
                )
            ),
            each,
        )
        for each, gap in (("stepwise", 60_000), ("fused", 0))
    )
    (found,) = fusions([apart, together])
    # At 1 GB, rounded up to 100 ms: a second for the starter, and from the claim to the notification
    # 1,030 ms, fused 1,280 ms.
    assert found.stepwise.billed == pytest.approx(2100)
    assert found.fused.billed == pytest.approx(2300)
    assert found.share.value == pytest.approx(23 / 21)
    # What they share is told beside it: seven jobs at the same moments are billed as one.
    assert found.stepwise.as_sent == pytest.approx(found.stepwise.billed)
    assert found.fused.as_sent == pytest.approx(found.fused.billed / 7)


@pytest.mark.parametrize(("stack", "least"), [("aws-local", 0), ("azure-local", 2000)])
def test_the_least_is_what_steps_that_take_no_time_are_billed(make_run, make_record, stack, least):
    """At 1 GB: 1,000 ms of two instances on Azure, and nothing on AWS."""
    runs = [
        make_run(
            stack,
            [make_record(f"{at}.jpg", at=60_000 * at, pace=3, granularity=each) for at in range(3)],
            name=each,
            granularity=each,
        )
        for each in ("stepwise", "fused")
    ]
    (found,) = fusions([measure(read(run), run.name) for run in runs])
    assert found.fused.least == least
    assert found.fused.billed > least


@pytest.mark.parametrize(
    "changes", [{"granularity": "stepwise"}, {"memory_mb": 2048}, {"recipe": "vintage"}, {"where": "cloud"}]
)
def test_only_runs_that_differ_in_nothing_else_are_compared(measured, changes):
    other = {"granularity": "fused", **changes}
    granularity = other.pop("granularity")
    assert fusions([measured("a", "stepwise", [1, 1]), measured("b", granularity, [1, 1], **other)]) == ()


def test_nothing_is_said_without_a_warm_job(measured):
    assert fusions([measured("a", "stepwise", [1]), measured("b", "fused", [1])]) == ()


def test_a_photo_counts_once_however_often_it_was_sent(make_run, make_record):
    """One photo was sent twice stepwise and takes half the time fused; the other takes as long."""

    def side(granularity, jobs):
        records = [
            make_record(photo, at=9000 * at, pace=pace, granularity=granularity)
            for at, (photo, pace) in enumerate(jobs)
        ]
        path = make_run("aws-local", records, name=granularity, granularity=granularity)
        return measure(read(path), granularity)

    (found,) = fusions(
        [
            side("stepwise", [("a.jpg", 1), ("a.jpg", 1), ("b.jpg", 1)]),
            side("fused", [("a.jpg", 0.5), ("b.jpg", 1)]),
        ]
    )
    assert (found.stepwise.jobs, found.fused.jobs, found.share.pairs) == (3, 2, 2)
    assert found.share.value == pytest.approx(0.75)
    assert found.stepwise.billed == pytest.approx(1130)
    assert found.fused.billed == pytest.approx(1130 * 0.75)

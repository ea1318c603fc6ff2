from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from compare.timeline import SEGMENTS, timeline
from core.job import Review
from core.trace import stamp


@pytest.fixture
def laid_out(make_record):
    made = timeline(make_record("a.jpg"))
    assert made is not None
    return made


def test_time_runs_from_the_last_byte_sent_to_the_record(laid_out):
    assert laid_out.end_to_end_ms == 1080
    assert laid_out.delivery_ms == 100
    assert laid_out.makespan_ms == 980
    assert laid_out.record_ms == 50


def test_the_critical_path_takes_the_longer_branch(laid_out):
    assert [step.step for step in laid_out.steps if step.critical] == [
        "validate",
        "apply_filters",
        "optimize",
    ]
    assert laid_out.critical_path_ms == 60 + 420 + 350
    assert laid_out.overhead_ms == laid_out.makespan_ms - laid_out.critical_path_ms


def test_steps_that_run_side_by_side_have_lanes_of_their_own(laid_out):
    assert {step.step: step.lane for step in laid_out.steps} == {
        "validate": 0,
        "resize": 0,
        "apply_filters": 1,
        "optimize": 0,
    }


def test_a_lane_is_used_again_only_when_it_is_free(make_record, make_entry):
    record = make_record("a.jpg")
    bars = {"long": (0, 100), "longer": (1, 200), "early": (10, 5), "late": (110, 15)}
    trace = tuple(make_entry(name, start, took) for name, (start, took) in bars.items())
    made = timeline(replace(record, job=replace(record.job, trace=trace)))
    assert made is not None
    assert {step.step: step.lane for step in made.steps} == {"long": 0, "longer": 1, "early": 2, "late": 0}


def test_segments_add_up_to_the_whole(laid_out):
    segments = laid_out.segments()
    assert tuple(segments) == SEGMENTS
    assert sum(segments.values()) == pytest.approx(laid_out.end_to_end_ms)
    assert segments["compute"] == pytest.approx(0.7 * (60 + 420 + 350))


def test_a_workflow_that_began_before_the_answer_was_delivered_at_once(make_record):
    record = replace(make_record("a.jpg"), sent="2026-01-05T12:00:00.400Z")
    made = timeline(record)
    assert made is not None
    assert made.delivery_ms == 0
    assert made.end_to_end_ms == 980


def test_a_correction_moves_the_platforms_times(make_record):
    made, moved = timeline(make_record("a.jpg")), timeline(make_record("a.jpg"), correction_ms=40)
    assert made is not None
    assert moved is not None
    assert moved.delivery_ms == made.delivery_ms - 40
    assert moved.makespan_ms == made.makespan_ms
    assert moved.steps[0].start_ms == made.steps[0].start_ms - 40


def test_a_job_that_ran_no_step_is_all_waiting(make_record):
    record = make_record("a.jpg")
    made = timeline(replace(record, job=replace(record.job, trace=())))
    assert made is not None
    assert made.critical_path_ms == 0
    assert not made.cold
    assert sum(made.segments().values()) == made.end_to_end_ms


def test_one_cold_step_makes_the_job_cold(make_record):
    made = timeline(make_record("a.jpg", cold=True))
    assert made is not None
    assert made.cold


def test_a_lost_job_has_no_timeline(make_record):
    assert timeline(make_record("a.jpg", state="lost")) is None


def test_a_step_that_begins_as_another_ends_follows_it(make_record, make_entry):
    """Steps from 100 to 200 and from 200 to 300 ms are one path, in one lane."""
    record = make_record("a.jpg")
    trace = (make_entry("validate", 100, 100), make_entry("resize", 200, 100))
    made = timeline(replace(record, job=replace(record.job, trace=trace)))
    assert [step.critical for step in made.steps] == [True, True]
    assert [step.lane for step in made.steps] == [0, 0]
    assert made.critical_path_ms == 200
    assert made.overhead_ms == made.makespan_ms - 200


def test_waiting_for_a_person_is_no_time_of_the_pipeline(make_record, laid_out):
    """The same job, whose steps behind validation came a minute later because somebody had to decide."""
    record, waited = make_record("a.jpg"), timedelta(minutes=1)
    trace = record.job.trace
    asked = datetime.fromisoformat(trace[0].ended)

    def later(moment: str) -> str:
        return stamp(datetime.fromisoformat(moment) + waited)

    moved = (replace(each, started=later(each.started), ended=later(each.ended)) for each in trace[1:])
    review = Review(stamp(asked), "", "approved", "", stamp(asked + waited))
    job = replace(record.job, trace=(trace[0], *moved), review=review)
    made = timeline(replace(record, job=job, recorded_at=later(record.recorded_at)))

    assert made is not None
    assert made.review_ms == 60_000
    assert replace(made, review_ms=0.0) == laid_out

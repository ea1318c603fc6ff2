"""Bursts of uploads on the compiled definitions: every photo waits for its turn, and none fails."""

import json
from types import SimpleNamespace

import pytest
from burst import Burst

from components.aws.state_machine.references import STANDARD_MACHINE, function
from components.aws.workflow import EXPRESS, STANDARD, definition
from core.deployment.limits import GIVEN_UP
from core.workflow.granularity import FUSED, GRANULARITIES, STEPWISE, pipeline_in

# About what a photo of 12 megapixels takes at 1 GB; any other step, as one that was added, takes OTHER.
OTHER = 0.2
WORK = {"validate": 0.4, "resize": 1.0, "apply_filters": 1.2, "optimize": 1.5, "process": 3.0}
STEPS = {each: [step.name for step in pipeline_in(each).steps()] for each in GRANULARITIES}
SECONDS = {function(name): WORK.get(name, OTHER) for names in STEPS.values() for name in names}
SETTINGS = SimpleNamespace(timeout_seconds=30, steps={}, review_seconds=0)


def machines(granularity):
    express = json.loads(json.dumps(definition(EXPRESS, granularity, SETTINGS)))
    return {
        STANDARD: definition(STANDARD, granularity, SETTINGS),
        EXPRESS: json.loads(json.dumps(express).replace(STANDARD_MACHINE, STANDARD)),
    }


def burst(machine, granularity, limit, uploads=5000, **changed):
    compiled = machines(granularity)
    for each in compiled.values():
        for table in tables(each):
            table.update(changed)
    return Burst(compiled, SECONDS, limit).run(machine, uploads)


def tables(part):
    """Yield every retry table for throttled calls of functions."""
    for state in part["States"].values():
        for branch in state.get("Branches", ()):
            yield from tables(branch)
        yield from (
            table
            for table in state.get("Retry", ())
            if "Lambda.TooManyRequestsException" in table["ErrorEquals"]
        )


@pytest.mark.parametrize("machine", [STANDARD, EXPRESS])
@pytest.mark.parametrize(
    ("granularity", "limit"), [(STEPWISE, 10), (STEPWISE, 100), (STEPWISE, 1000), (FUSED, 10)]
)
def test_five_thousand_photos_at_once_all_succeed(machine, granularity, limit):
    done = burst(machine, granularity, limit)
    handed_over = done.ends.pop("hand_over", 0)
    assert done.ends == {"notify_succeeded": 5000}
    assert handed_over == (done.counts["started standard"] if machine == EXPRESS else 0)
    work = sum(WORK.get(name, OTHER) for name in STEPS[granularity])
    fastest = 5000 * work / limit
    assert done.now < 1.25 * fastest + 120, "the functions do not wait much for work"


def test_the_retries_of_before_lost_photos():
    before = {"IntervalSeconds": 3, "MaxAttempts": 2, "BackoffRate": 1.5}
    assert burst(STANDARD, STEPWISE, 10, 100, **before).ends["failed: JobFailed"] > 50


def test_with_one_call_at_a_time_a_photo_still_waits():
    assert burst(STANDARD, STEPWISE, 1, 500).ends == {"notify_succeeded": 500}


def test_an_express_job_that_finds_no_function_is_handed_over_before_its_time_is_up():
    done = burst(EXPRESS, STEPWISE, 1, 500)
    assert done.counts["started standard"] > 300
    assert done.ends["timed out"] == 0


def test_waiting_ends_when_the_job_is_given_up():
    assert definition(STANDARD, STEPWISE, SETTINGS)["TimeoutSeconds"] == GIVEN_UP.total_seconds()
    (longest,) = {
        table["MaxAttempts"] * table["MaxDelaySeconds"]
        for table in tables(definition(STANDARD, FUSED, SETTINGS))
    }
    assert longest / 2 > GIVEN_UP.total_seconds(), "the retries last until then"

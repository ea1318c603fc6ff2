from dataclasses import replace
from decimal import Decimal

import pytest

from compare import format_1
from compare.metering.instances import InstanceTime
from compare.metering.load import JobLoad, Span, StepLoad
from compare.metering.path import path
from core.workflow.document import from_document

WAY = path(from_document(format_1.workflow("fused")), "succeeded", frozenset())
# Claimed from 0 to 100, processed from 200 to 1,700, recorded and notified from 1,850 to 1,950.
LOAD = JobLoad(
    path=WAY,
    steps=(StepLoad("process", Span("one", 200, 1700), cpu_ms=1200),),
    began_ms=0,
    ended_ms=1900,
    gets=1,
    puts=6,
    kept_bytes=0,
    document_bytes=0,
)


def test_a_photo_alone_is_billed_the_periods_in_which_it_is_active():
    time = InstanceTime.of([LOAD])
    # The claim's second has not ended when processing begins, so 1,750 ms are one period, billed as 1,800.
    # The end begins 50 ms later.
    assert (time.starting, time.working) == (1000, 1800 + 1000)
    assert time.as_sent("expected", 2048) == 3800


@pytest.mark.parametrize(("memory_mb", "low"), [(2048, 1200), (4096, 600), (512, 3800)])
def test_a_full_instance_is_shared_by_its_processors_and_costs_no_more_than_one_alone(
    memory_mb: int, low: int
):
    time = InstanceTime.of([LOAD])
    assert time.as_sent("low", memory_mb) == low
    assert time.in_a_month(1, "low", memory_mb) == low


def test_photos_at_one_moment_are_billed_once_but_might_be_billed_apart():
    time = InstanceTime.of([LOAD] * 3)
    assert time.as_sent("expected", 2048) == 3800
    # The starter, three short activities and five episodes, a second each, and 1,500 ms.
    assert time.as_sent("high", 2048) == 3 * (9 * 1000 + 1500)


def test_a_retry_is_a_hop_and_two_episodes():
    again = replace(LOAD, steps=(replace(LOAD.steps[0], attempts=2),))
    once, twice = (InstanceTime.of([each]).as_sent("high", 2048) for each in (LOAD, again))
    assert twice - once == 1500 + 2 * 1000
    assert InstanceTime.of([again]).as_sent("low", 2048) == 2400


def test_a_step_that_left_no_trace_was_a_hop():
    lost = replace(LOAD, steps=(StepLoad("process", Span("", 1900, 1900)),))
    assert InstanceTime.of([lost]).as_sent("high", 2048) == 10 * 1000


def test_no_photos_take_no_time():
    assert InstanceTime.of([LOAD]).in_a_month(0, "high", 2048) == Decimal(0)
    assert InstanceTime().in_a_month(1, "high", 2048) == 0

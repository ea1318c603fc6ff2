"""What the executions of the durable function are billed for, counted by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from compare.metering.assumptions import EVENT_KB
from compare.metering.durable_function import INTERPRETER_MB, DurableExecutions
from compare.metering.load import JobLoad, Span, StepLoad
from compare.metering.path import path
from core.workflow.granularity import pipeline_in

SPAN = Span("one", 0, 100)
DOCUMENT = 2_000


def load(granularity, **changes):
    workflow = pipeline_in(granularity)
    names = [step.name for step in workflow.steps()]
    steps = tuple(StepLoad(name, SPAN) for name in names)
    way = path(workflow, "succeeded", frozenset(names))
    made = JobLoad(way, steps, 0, 400, gets=1, puts=1, kept_bytes=1, document_bytes=DOCUMENT)
    return replace(made, **changes)


def executions(granularity, **changes):
    sums = DurableExecutions()
    sums.add(load(granularity, **changes), granularity, 1024)
    return sums


@pytest.mark.parametrize("granularity", ["stepwise", "fused"])
def test_an_operation_is_the_start_and_each_activity(granularity):
    sums = executions(granularity)
    activities = len(pipeline_in(granularity).steps()) + 3  # claim, record, notify

    assert sums.operations == 1 + activities
    [operations, *_] = sums.metered("low")
    assert operations.quantity == 1 + activities
    [operations, *_] = sums.metered("expected")
    assert operations.quantity == 1 + activities + (granularity == "stepwise")  # the parallel branches


def test_a_retry_is_a_wait_and_another_try_in_another_call():
    once, again = executions("fused"), executions("fused", steps=(StepLoad("process", SPAN, attempts=2),))

    assert again.operations == once.operations + 2
    assert again.calls == once.calls + 1


def test_fused_the_call_is_the_step_s_own_and_stepwise_each_answer_is_another():
    steps = len(pipeline_in("stepwise").steps())

    assert executions("fused").calls == 0
    assert executions("stepwise").calls == 1 + steps
    assert executions("stepwise").own_mb == 3 * INTERPRETER_MB
    assert executions("fused").own_mb == 3 * 1024


@pytest.mark.parametrize("granularity", ["stepwise", "fused"])
def test_a_decision_is_three_steps_a_callback_and_another_call(granularity):
    plain, decided = executions(granularity), executions(granularity, reviewed=True)
    memory = INTERPRETER_MB if granularity == "stepwise" else 1024

    assert decided.operations == plain.operations + 4
    assert decided.calls == plain.calls + 1
    assert decided.written_bytes == plain.written_bytes + 2 * DOCUMENT
    assert decided.own_mb == plain.own_mb + 3 * memory


def test_what_is_written_is_kept_for_two_weeks():
    sums = executions("fused")
    _, written, kept = sums.metered("expected")

    assert sums.written_bytes == 4 * DOCUMENT + EVENT_KB.value * 1024
    assert written.quantity == Decimal(sums.written_bytes) / 1024**3
    assert float(kept.quantity) == pytest.approx(float(written.quantity) * 14 * 24 / 730)


def test_a_slow_replay_costs_more():
    sums = executions("stepwise")

    assert sums.billed_mb_ms("low") < sums.billed_mb_ms("expected") < sums.billed_mb_ms("high")

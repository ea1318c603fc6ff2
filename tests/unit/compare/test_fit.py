"""What fits the workflow that a run ran, and what does not."""

from dataclasses import replace

import pytest
from run_records import iso

from compare import format_1
from compare.fit import earlier_steps, misfit
from core.workflow.document import from_document
from core.workflow.model import Step, Succeed, Task, Workflow

STEPWISE = from_document(format_1.workflow("stepwise"))


def changed(record, *, swap=(), **changes):
    """Return the record with changes to single steps, by name; ``None`` leaves one out."""
    trace = {each.step: each for each in record.job.trace}
    for name, change in changes.items():
        trace[name] = change and replace(trace[name], **change)
    if swap:
        first, second = swap
        trace = {**trace, first: trace[second], second: trace[first]}
    return replace(record, job=replace(record.job, trace=tuple(filter(None, trace.values()))))


def test_a_step_waits_for_all_before_it_but_not_for_the_branch_beside_it():
    assert earlier_steps(STEPWISE) == {
        "validate": (),
        "resize": ("validate",),
        "apply_filters": ("validate",),
        "optimize": ("validate", "resize", "apply_filters"),
    }


def test_steps_of_an_ending_wait_for_no_step_of_the_main_sequence():
    tidy, sweep = (Task(name, Step(name, frozenset(), frozenset())) for name in ("tidy", "sweep"))
    workflow = replace(STEPWISE, endings={"failed": (tidy, sweep)})
    assert earlier_steps(workflow)["sweep"] == ("tidy",)
    assert earlier_steps(workflow)["optimize"] == ("validate", "resize", "apply_filters")


@pytest.mark.parametrize("where", ["emulator", "cloud"])
@pytest.mark.parametrize("state", ["succeeded", "rejected", "failed", "lost"])
def test_what_ran_as_it_should_fits(make_record, state, where):
    assert misfit(make_record("a.jpg", state=state), STEPWISE, where) is None


def test_a_branch_that_failed_leaves_the_other(make_record):
    half = changed(make_record("a.jpg"), resize=None, optimize=None)
    assert misfit(replace(half, state="failed"), STEPWISE, "emulator") is None


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"resize": {"step": "moderate"}},
            "has the step 'moderate', which the workflow 'pipeline' of its run",
        ),
        ({"resize": {"step": "validate"}}, "has the step 'validate' twice"),
        ({"validate": None}, "has the step 'resize' without 'validate' before it"),
        ({"apply_filters": None}, "has the step 'optimize' without 'apply_filters' before it"),
        ({"optimize": None}, "has succeeded without the step 'optimize' of the workflow 'pipeline'"),
        ({"swap": ("validate", "optimize")}, "has the step 'optimize' without 'validate' before it"),
        ({"resize": {"started": iso(100)}}, "has the step 'resize' before the end of 'validate'"),
        (
            {"optimize": {"started": iso(500), "ended": iso(600)}},
            "has the step 'optimize' before the end of 'apply_filters'",
        ),
        ({"validate": {"started": iso(80)}}, "has the step 'validate' outside the time"),
        ({"optimize": {"ended": iso(1091)}}, "has the step 'optimize' outside the time"),
        ({"resize": {"ended": iso(209)}}, "has the step 'resize', which ends before it begins"),
    ],
)
def test_another_step_or_another_order_is_named(make_record, changes, fault):
    # accepted at 100 ms; validate 120 to 180, resize from 210, apply_filters to 635; recorded at 1,080 ms
    assert misfit(changed(make_record("a.jpg"), **changes), STEPWISE, "emulator").startswith(fault)


@pytest.mark.parametrize(
    ("ended", "where", "fits"),
    [(1090, "emulator", True), (1091, "emulator", False), (2080, "cloud", True), (2081, "cloud", False)],
)
def test_clocks_of_a_cloud_may_be_a_second_apart(make_record, ended, where, fits):
    found = misfit(changed(make_record("a.jpg"), optimize={"ended": iso(ended)}), STEPWISE, where)
    assert (found is None) == fits


def test_a_workflow_without_steps_fits_a_job_without_steps(make_record):
    bare = replace(make_record("a.jpg"), job=replace(make_record("a.jpg").job, trace=()))
    assert misfit(bare, Workflow("bare", (Succeed("done"),)), "cloud") is None

"""The compiled state machine and the interpreter take the same turns in simulated time."""

import pytest

from core.workflow.granularity import pipeline_in
from core.workflow.photo import PIPELINE
from simulation.compiled import program
from simulation.program import DUE, DUPLICATE, OK, REJECTED, Chain, FanOut
from simulation.remembered import interpreted
from simulation.replay import LOST

THROTTLED = {"aws": "Lambda.TooManyRequestsException", "azure": "StoreUnavailable"}
PROGRAMS = {
    "aws": lambda granularity: program(pipeline_in(granularity), "standard"),
    "azure": lambda granularity: interpreted(pipeline_in(granularity)),
}


def follow(made, script):
    """Run a program to its end by a script of outcomes by activity; return the calls and the last node."""
    node, called = made.start, []
    under_way = [*node.calls, *node.timers]
    while node.state is None:
        each = under_way.pop(0)
        activity = getattr(each, "activity", None)
        outcome = DUE if activity is None else script.get((activity, each.attempt), OK)
        if activity is not None:
            called.append((activity, each.attempt, each.payload))
        node = made.next(node, each.slot, outcome)
        under_way += [*node.calls, *node.timers]
    return called, node


@pytest.fixture(params=PROGRAMS)
def cloud(request):
    return request.param


def test_a_photo_goes_through_all_steps(cloud):
    called, node = follow(PROGRAMS[cloud]("stepwise"), {})
    names = [name for name, _, _ in called]
    assert names == ["claim", *(step.name for step in PIPELINE.steps()), "record", "notify"]
    assert called[-2:] == [("record", 1, "succeeded"), ("notify", 1, "success")]
    assert (node.state, node.failed) == ("succeeded", False)


@pytest.mark.parametrize(
    ("script", "state", "failed"),
    [
        ({("validate", 1): REJECTED}, "rejected", False),
        ({("resize", 1): "TooManyPixels"}, "rejected", False),
        ({("claim", 1): DUPLICATE}, "duplicate", False),
        ({("optimize", 1): "RecipeError"}, "failed", True),
        ({("optimize", 1): "StoreUnavailable"}, "succeeded", False),
        ({("resize", each): "StoreUnavailable" for each in range(1, 30)}, "failed", True),
    ],
)
def test_every_end_is_reached(cloud, script, state, failed):
    called, node = follow(PROGRAMS[cloud]("stepwise"), script)
    assert (node.state, node.failed) == (state, failed)
    if state in ("rejected", "failed"):
        assert called[-2:] == [("record", 1, state), ("notify", 1, "error")]


def test_a_throttled_call_is_tried_again_by_the_platform_s_table(cloud):
    outcome = {"aws": THROTTLED["aws"], "azure": LOST}[cloud]
    called, node = follow(PROGRAMS[cloud]("fused"), {("process", 1): outcome})
    assert ("process", 2, "") in called
    assert node.state == "succeeded"


def test_turns_that_lead_to_the_same_place_are_built_once():
    made = program.__wrapped__(pipeline_in("stepwise"), "standard")
    script = {("resize", 1): THROTTLED["aws"], ("apply_filters", 1): THROTTLED["aws"]}
    follow(made, script)
    built = len(made._known)
    follow(made, script)
    assert (len(made._known), built < 40) == (built, True)


def test_states_are_counted_as_they_are_billed():
    made = program(pipeline_in("fused"), "standard")
    node, entered = made.start, made.start.entered
    under_way = list(node.calls)
    while node.state is None:
        node = made.next(node, under_way.pop(0).slot, OK)
        under_way += node.calls
        entered += node.entered
    assert entered == len(pipeline_in("fused").states)


def test_a_chain_and_a_fan_out_end_after_their_tasks():
    assert [name for name, _, _ in follow(Chain(4), {})[0]] == ["task"] * 4
    assert [name for name, _, _ in follow(FanOut(3), {})[0]] == ["prepare", "task", "task", "task"]

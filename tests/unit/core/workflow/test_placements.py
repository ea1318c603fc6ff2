"""Wherever steps are added: none sees a photo that was rejected before it, in either granularity."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from core.errors import SettingsError
from core.memory.host import MemoryHost
from core.workflow.granularity import STANDS_FOR, WHOLE, fused
from core.workflow.model import Choice, Parallel, Step, Task

# What a step of the pipeline stands behind, and whether outputs are written there.
ORDER = ("first", "validate", "checked", "resize", "behind", "rendered", "optimize", "last")
BEFORE_OUTPUTS = ("first", "checked", "beside")
PLACES = ("first", "checked", "beside", "behind", "rendered", "last")

extras = st.lists(st.tuples(st.sampled_from(PLACES), st.booleans()), min_size=1, max_size=4)


class Run:
    """One photo through a workflow in which one step rejects it: a gate on the job, others by an error."""

    def __init__(self, workflow, job, rejecting):
        self.called = Counter()
        self.order = []
        self.gates = {
            task.name
            for task, following in zip(workflow.states, workflow.states[1:], strict=False)
            if isinstance(following, Choice) and isinstance(task, Task)
        }
        self.rejecting = rejecting
        self.document = MemoryHost(job.to_document(), self).run(workflow)

    def __getitem__(self, name):
        return lambda payload: self.answer(name, payload["job"], payload)

    def answer(self, name, job, payload):
        self.order.append(name)
        if name == "record":
            return {"ok": {**job, "state": payload["state"]}}
        error = {"name": "NotAPhoto", "message": f"{name} rejects it."}
        if name == self.rejecting or (name == WHOLE and self.rejecting in STANDS_FOR):
            return {"ok": {**job, "error": error}} if name in self.gates else {"error": error}
        return {"ok": job}


def stood_before(workflow, name):
    """Return the steps that are done before this one starts, by the definition."""
    before = set()
    for state in workflow.states:
        branches = state.branches if isinstance(state, Parallel) else ((state,),)
        for branch in branches:
            reached = [task.name for task in branch if isinstance(task, Task)]
            if name in reached:
                return before | set(reached[: reached.index(name)])
        before |= {
            task.name
            for branch in branches
            for task in branch
            if isinstance(task, Task) and isinstance(task.action, Step)
        }
    raise AssertionError(name)


def defined(define, chosen):
    """Return the definition with the chosen steps, each as ``x<number>``."""
    places = {}
    for number, (place, gate) in enumerate(chosen):
        gate = gate and place not in ("beside", "behind")
        places.setdefault(place, []).extend(define.extra(f"x{number}", gate=gate))
    return define(**places)


def both(workflow, *, fusable):
    """Return the workflow in the granularities that it has."""
    if fusable:
        return workflow, fused(workflow)
    with pytest.raises(SettingsError):
        fused(workflow)
    return (workflow,)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(chosen=extras, data=st.data())
def test_a_step_sees_only_photos_that_passed_what_stands_before_it(define, job, chosen, data):
    workflow = defined(define, chosen)
    rejecting = data.draw(st.sampled_from([step.name for step in workflow.steps()]))
    for version in both(workflow, fusable=not any(place in ("behind", "rendered") for place, _ in chosen)):
        run = Run(version, job, rejecting)
        for number, (place, _) in enumerate(chosen):
            if rejecting in stood_before(workflow, f"x{number}"):
                assert f"x{number}" not in run.order
            elif f"x{number}" in run.order and place in BEFORE_OUTPUTS:
                outputs = [run.order.index(each) for each in ("optimize", WHOLE) if each in run.order]
                assert all(run.order.index(f"x{number}") < output for output in outputs)
        assert run.document["state"] == "rejected"
        assert run.document["error"]["name"] == "NotAPhoto"


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(chosen=extras)
def test_a_good_photo_sees_every_step_once(define, job, chosen):
    workflow = defined(define, chosen)
    assume(not any(place in ("behind", "rendered") for place, _ in chosen))
    for version in (workflow, fused(workflow)):
        run = Run(version, job, None)
        assert Counter(run.order) == Counter(
            ["claim", *(step.name for step in version.steps()), "record", "notify"]
        )
        assert run.document["state"] == "succeeded"
        assert {f"x{number}" for number in range(len(chosen))} <= set(run.order)

"""Check that a job's trace is one that its workflow can produce."""

from __future__ import annotations

from functools import cache

from compare.clock import milliseconds
from compare.metering.path import branches
from compare.run import JobRecord, Where
from core.workflow.model import State, Workflow

# The tolerance between clocks that timestamp one job: an emulator has one clock, but rounds differently.
CLOCKS_APART_MS: dict[Where, float] = {"emulator": 10, "cloud": 1000, "simulated": 10}


def misfit(record: JobRecord, workflow: Workflow, where: Where) -> str | None:
    """Say which step of the job's trace does not fit the workflow, and why; return ``None`` if all fit.

    A step fits if the workflow contains it, it ran once, and all earlier steps had ended. The claim comes
    before all steps and the record after them.
    """
    if record.job is None or record.recorded_at is None:
        return None
    before, apart = earlier_steps(workflow), CLOCKS_APART_MS[where]
    accepted, recorded = milliseconds(record.job.accepted_at), milliseconds(record.recorded_at)
    ended: dict[str, float] = {}
    for entry in record.job.trace:
        name, start, end = entry.step, milliseconds(entry.started), milliseconds(entry.ended)
        if name not in before:
            return f"has the step {name!r}, which the workflow {workflow.name!r} of its run does not have"
        rule = f"which the workflow {workflow.name!r} of its run"
        if name in ended:
            return f"has the step {name!r} twice, {rule} runs once"
        if missing := [each for each in before[name] if each not in ended]:
            return f"has the step {name!r} without {missing[0]!r} before it, {rule} runs first"
        if start < accepted - apart or recorded + apart < end:
            return f"has the step {name!r} outside the time from its job's start to its end"
        if end < start:
            return f"has the step {name!r}, which ends before it begins"
        if late := [each for each in before[name] if start < ended[each] - apart]:
            return f"has the step {name!r} before the end of {late[0]!r}, {rule} runs first"
        ended[name] = end
    left_out = [each for each in _earlier(workflow.states) if each not in ended]
    if record.state == "succeeded" and left_out:
        return f"has succeeded without the step {left_out[0]!r} of the workflow {workflow.name!r} of its run"
    return None


@cache
def earlier_steps(workflow: Workflow) -> dict[str, tuple[str, ...]]:
    """Return, for each step of the workflow, the steps that must end before it begins."""
    found: dict[str, tuple[str, ...]] = {}
    for sequence in (*workflow.endings.values(), workflow.states):
        found |= _earlier(sequence)
    return found


def _earlier(sequence: tuple[State, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for state in sequence:
        done = tuple(found)
        for branch in branches(state):
            found |= {name: (*done, *branch[:at]) for at, name in enumerate(branch)}
    return found

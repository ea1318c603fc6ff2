"""The programs of simulated time, driven by the scripts: the compiled machine and the interpreter."""

from collections import Counter

import scripted

from core.workflow.granularity import FUSED, STEPWISE, pipeline_in
from simulation.compiled import program
from simulation.program import DUE, OK, REJECTED, Call
from simulation.remembered import LOST, interpreted

PROGRAMS = {
    "aws": lambda workflow: program(workflow, "standard"),
    "azure": interpreted,
}
OUTCOMES = {
    "aws": {scripted.LOST: "Sandbox.Timedout", scripted.REJECTS: REJECTED, scripted.FLAGS: "flagged"},
    "azure": {scripted.LOST: LOST, scripted.REJECTS: REJECTED, scripted.FLAGS: "flagged"},
}


def run(cloud: str, scenario: str) -> tuple[str, bool, dict[str, int], list[str]]:
    """Return the final state, whether the execution failed, the calls by step, and the topics notified."""
    granularity = FUSED if scenario in scripted.FUSED else STEPWISE
    script = scripted.SCRIPTS[scenario]
    workflow = pipeline_in(granularity, scripted.REVIEW_SECONDS if scenario in scripted.REVIEWED else 0)
    decision = scripted.DECISIONS.get(scenario, "expired")
    made, steps = PROGRAMS[cloud](workflow), {step.name for step in workflow.steps()}
    node, called, topics, recorded = made.start, Counter(), [], ""
    under_way = [*node.calls, *node.timers]
    while node.state is None:
        each = next((each for each in under_way if isinstance(each, Call)), under_way[0])
        under_way.remove(each)
        outcome = OK if isinstance(each, Call) else DUE
        if isinstance(each, Call) and each.activity in steps:
            called[each.activity] += 1
            outcomes = script.get(each.activity, [])
            told = outcomes[each.attempt - 1] if each.attempt <= len(outcomes) else OK
            outcome = OUTCOMES[cloud].get(told, told)
        elif isinstance(each, Call) and each.activity == "notify":
            topics.append(each.payload)
        elif isinstance(each, Call) and each.activity == "record":
            recorded = each.payload
        elif isinstance(each, Call):
            outcome = {"ask": "asked", "settle": decision}.get(each.activity, OK)
        node = made.next(node, each.slot, outcome)
        under_way += [*node.calls, *node.timers]
    assert recorded == node.state
    return node.state, node.failed, dict(called), topics

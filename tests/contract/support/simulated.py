"""The programs of simulated time, driven by the scripts: the compiled machine and the interpreter."""

from collections import Counter

import scripted

from core.job import Batch
from core.workflow.granularity import FUSED, STEPWISE, pipeline_in
from core.workflow.model import Workflow
from simulation.batch import program as program_of_batch
from simulation.compiled import program
from simulation.program import DUE, DUPLICATE, ITEM, OK, REJECTED, Call, Node, Program, Timer
from simulation.remembered import interpreted
from simulation.replay import LOST

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
    workflow = pipeline_in(granularity, scripted.REVIEW_SECONDS if scenario in scripted.REVIEWED else 0)
    script = Script(cloud, scenario, workflow)
    node = script.follow(PROGRAMS[cloud](workflow))
    assert script.recorded == node.state
    return node.state, node.failed, dict(script.called), script.topics


def run_batches(cloud: str) -> tuple[dict[str, tuple[str, dict[str, int]]], dict[str, dict[str, int]]]:
    """Return how each batch and its items ended, and the calls by key and step."""
    ended, called, with_picture = {}, {}, set()
    for name, (scenarios, tolerated) in scripted.BATCHES.items():
        batch = BatchScript(cloud, scenarios, called, with_picture)
        made = program_of_batch(cloud, STEPWISE, Batch(len(scenarios), 2, tolerated))
        node = batch.follow(made)
        assert batch.most == min(2, len(scenarios))
        ended[name] = (node.state, dict(batch.counts))
    return ended, called


class Script:
    """Follow a program by the outcomes of a scenario."""

    def __init__(self, cloud: str, scenario: str, workflow: Workflow, *, claimed: bool = False) -> None:
        self.called, self.topics, self.recorded = Counter(), [], ""
        self._script = scripted.SCRIPTS[scenario]
        self._steps = {step.name for step in workflow.steps()}
        self._cloud, self._claimed = cloud, claimed
        self._decision = scripted.DECISIONS.get(scenario, "expired")

    def follow(self, made: Program) -> Node:
        """Return the node that the program ends at."""
        node, under_way = made.start, [*made.start.calls, *made.start.timers]
        while node.state is None:
            each = self.next(under_way)
            under_way.remove(each)
            node = made.next(node, each.slot, self.outcome(each) if isinstance(each, Call) else DUE)
            under_way += [*node.calls, *node.timers]
        return node

    def next(self, under_way: list[Call | Timer]) -> Call | Timer:
        """Return what ends next of what is under way: calls before timers."""
        return next((each for each in under_way if isinstance(each, Call)), under_way[0])

    def outcome(self, call: Call) -> str:
        """Return what the call ends in."""
        if call.activity in self._steps:
            self.called[call.activity] += 1
            outcomes = self._script.get(call.activity, [])
            told = outcomes[call.attempt - 1] if call.attempt <= len(outcomes) else OK
            return OUTCOMES[self._cloud].get(told, told)
        if call.activity == "notify":
            self.topics.append(call.payload)
        elif call.activity == "record":
            self.recorded = call.payload
        elif call.activity == "claim" and self._claimed:
            return DUPLICATE
        return {"ask": "asked", "settle": self._decision}.get(call.activity, OK)


class BatchScript(Script):
    """Follow the program of a batch; each item follows its own."""

    def __init__(
        self,
        cloud: str,
        scenarios: list[str],
        called: dict[str, dict[str, int]],
        with_picture: set[str],
    ) -> None:
        super().__init__(cloud, "success", pipeline_in(STEPWISE))
        self.counts, self.most = Counter(), 0
        self._scenarios, self._calls, self._with_picture = scenarios, called, with_picture

    def next(self, under_way: list[Call | Timer]) -> Call | Timer:
        """See that no more items are under way than may be."""
        self.most = max(self.most, sum(getattr(each, "activity", "") == ITEM for each in under_way))
        return super().next(under_way)

    def outcome(self, call: Call) -> str:
        """Run an item."""
        if call.activity != ITEM:
            return super().outcome(call)
        scenario, workflow = self._scenarios[int(call.payload)], pipeline_in(STEPWISE)
        item = Script(self._cloud, scenario, workflow, claimed=scenario in self._with_picture)
        node = item.follow(PROGRAMS[self._cloud](workflow))
        if node.state == "succeeded":
            self._with_picture.add(scenario)
        self.counts["skipped" if node.state == DUPLICATE else node.state] += 1
        of_key = self._calls.setdefault(scripted.key(scenario), Counter())
        of_key.update(item.called)
        return LOST if node.failed else OK

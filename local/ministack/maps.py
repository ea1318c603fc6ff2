"""Run a distributed Map as Step Functions does, where its state is written in JSONata.

MiniStack 1.5.33 reads the fields of such a state as if they were JSONPath, so an expression in them is taken
for a text or not evaluated at all; its items run with the id and the input of the parent's execution; and
once too many have failed it begins the rest nevertheless.
"""

from __future__ import annotations

from typing import Any

from ministack.services import stepfunctions

State = dict[str, Any]
EVALUATED = ("MaxConcurrency", "ToleratedFailureCount", "ToleratedFailurePercentage")
STOPPED = "States.Runtime"


def evaluate() -> None:
    """Patch MiniStack to evaluate the fields of a Map, and to give its items a context of their own."""
    run = stepfunctions._run_distributed_map
    run_states = stepfunctions._run_sub_machine
    template = stepfunctions._apply_jsonata_template

    def evaluated(
        state: State, given: Any, effective: Any, items: State, execution: State, context: State
    ) -> Any:
        if stepfunctions._state_query_language(state, context) != "JSONata":
            return run(state, given, effective, items, execution, context)
        reader = state.get("ItemReader", {})
        known = {
            **state,
            **{name: template(state[name], given, context) for name in EVALUATED if name in state},
            "ItemReader": {**reader, "Arguments": template(reader.get("Arguments", {}), given, context)},
        }
        results, following = run(known, given, effective, items, execution, context)
        output = stepfunctions._apply_jsonata_output(state, given, context, result=results, default=results)
        return output, following

    def in_own_context(states: State, start: str, given: Any, execution: State, context: State) -> Any:
        if "mapRunArn" in execution and context["Execution"]["Id"] != execution["executionArn"]:
            if _stops(execution["mapRunArn"]):
                raise stepfunctions._ExecutionError(STOPPED, "The Map Run has stopped.")
            own = {"Id": execution["executionArn"], "Name": execution["name"], "Input": given}
            context["Execution"] = {
                **context["Execution"],
                **own,
                "StartTime": execution["startDate"],
            }
        return run_states(states, start, given, execution, context)

    stepfunctions._run_distributed_map = evaluated
    stepfunctions._run_sub_machine = in_own_context


def _stops(map_run: str) -> bool:
    """Return whether more of the items failed than are tolerated."""
    run = stepfunctions._map_runs[map_run]
    counts, tolerated = run["itemCounts"], run["toleratedFailurePercentage"]
    return bool(counts["failed"] * 100 > tolerated * counts["total"])

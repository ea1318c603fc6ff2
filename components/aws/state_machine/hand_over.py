"""Let an express state machine hand jobs that find no free function over to the standard machine.

An express execution ends after five minutes, so a job can't wait there for its turn. Its row is released, and
the standard machine, where waiting is free, starts again with the same event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.aws.state_machine import expressions as jsonata
from components.aws.state_machine import ledger
from components.aws.state_machine.compiler import SERVICE_SECONDS
from components.aws.state_machine.expressions import EVENT, INPUT, embed
from components.aws.state_machine.integrations import INVOKE, START, UPDATE_ITEM
from components.aws.state_machine.references import STANDARD_MACHINE, Definition
from components.aws.state_machine.retries import retries
from core.ledger import RELEASED
from core.workflow.photo import RETRY
from core.workflow.retries import THROTTLED

RELEASE, HAND_OVER = "release", "hand_over"
BUSY = INVOKE.platform[THROTTLED]
# Waits of 2, 4, ... 32 s: at most 62 s for each task in a row, so that the time is enough for four of them.
MAX_ATTEMPTS = 5


def hand_over_when_busy(definition: Definition, duplicate: str) -> Definition:
    """Return the definition in which a function's throttling diverts to the standard machine.

    ``duplicate`` is the state for jobs whose row has another execution.
    """
    states = {name: _diverted(state) for name, state in definition["States"].items()}
    return definition | {"States": states | _ending(duplicate)}


def _diverted(state: Mapping[str, Any]) -> Definition:
    changed = dict(state)
    if "Branches" in state:
        changed["Branches"] = [
            branch | {"States": {name: _hurried(each) for name, each in branch["States"].items()}}
            for branch in state["Branches"]
        ]
    elif state.get("Resource") == INVOKE.resource:
        changed = _hurried(state)
    else:
        return changed
    # The same output as for any other error: the last Catch is for all of them.
    busy = state["Catch"][-1] | {"ErrorEquals": list(BUSY), "Next": RELEASE}
    return changed | {"Catch": [busy, *state["Catch"]]}


def _hurried(state: Mapping[str, Any]) -> Definition:
    tables = [
        table | {"MaxAttempts": MAX_ATTEMPTS} if table["ErrorEquals"] == list(BUSY) else table
        for table in state["Retry"]
    ]
    return {**state, "Retry": tables}


def _ending(duplicate: str) -> Definition:
    released = jsonata.with_state(INPUT, RELEASED)
    return {
        RELEASE: {
            "Type": "Task",
            "Resource": UPDATE_ITEM.resource,
            "Arguments": ledger.release(INPUT),
            "TimeoutSeconds": SERVICE_SECONDS,
            **retries(RETRY, UPDATE_ITEM),
            "Catch": [{"ErrorEquals": [ledger.REFUSED], "Output": embed(INPUT), "Next": duplicate}],
            "Output": embed(released),
            "Next": HAND_OVER,
        },
        HAND_OVER: {
            "Type": "Task",
            "Resource": START.resource,
            "Arguments": {"StateMachineArn": STANDARD_MACHINE, "Input": embed(EVENT)},
            "TimeoutSeconds": SERVICE_SECONDS,
            **retries(RETRY, START),
            "Output": embed(INPUT),
            "End": True,
        },
    }

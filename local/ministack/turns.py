"""Limit concurrent Lambda calls to the capacity of one machine, and give expressions their time on it.

AWS has capacity for all calls of a function. MiniStack starts a process for each concurrent call: a few
hundred uploads then wait for processors until their tasks time out. Here, calls are queued. MiniStack also
ends an expression in JSONata after a second, in which it may have waited for the processor all the time.
"""

from __future__ import annotations

import os
import threading
from typing import Any

from ministack.services import stepfunctions

# Calls spend more time waiting for the store than computing: a few per processor.
CALLS_AT_ONCE = 4 * (os.cpu_count() or 1)
INVOKE = "arn:aws:states:::lambda:invoke"
EXPRESSION_MS = 30_000


def take() -> None:
    """Limit how many functions the state machines call at once; a task's timeout starts with its call."""
    turns = threading.BoundedSemaphore(CALLS_AT_ONCE)
    invoke = stepfunctions._invoke_resource_with_timeout

    def in_turn(resource: str, payload: Any, timeout: float) -> Any:
        if resource != INVOKE:
            return invoke(resource, payload, timeout)
        with turns:
            return invoke(resource, payload, timeout)

    stepfunctions._invoke_resource_with_timeout = in_turn


def be_patient() -> None:
    """Give the evaluation of an expression half a minute."""
    engine = stepfunctions.jsonata.Jsonata
    parsed = engine.jsonata

    def patient(expression: str, timeout: int | None = None) -> Any:
        return parsed(expression, timeout=EXPRESSION_MS if timeout else None)

    engine.jsonata = staticmethod(patient)

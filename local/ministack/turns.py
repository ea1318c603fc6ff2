"""Lambda calls within the means of one machine.

AWS has room for a function's every call. MiniStack starts a process for each that is made at once: a few
hundred uploads then wait for processors until their tasks time out. Here, calls take turns.
"""

from __future__ import annotations

import os
import threading
from typing import Any

from ministack.services import stepfunctions

# Calls wait for the store more than they compute: a few for each processor.
CALLS_AT_ONCE = 4 * (os.cpu_count() or 1)
INVOKE = "arn:aws:states:::lambda:invoke"


def take() -> None:
    """Bound how many functions the state machines call at once; a task's time-out counts from its turn on."""
    turns = threading.BoundedSemaphore(CALLS_AT_ONCE)
    invoke = stepfunctions._invoke_resource_with_timeout

    def in_turn(resource: str, payload: Any, timeout: float) -> Any:
        if resource != INVOKE:
            return invoke(resource, payload, timeout)
        with turns:
            return invoke(resource, payload, timeout)

    stepfunctions._invoke_resource_with_timeout = in_turn

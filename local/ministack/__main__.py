"""Run MiniStack with Lambda errors reported as AWS reports them, and within the means of one machine.

AWS names a failed Python function's ``errorType`` after the exception's class, and state machines decide by
that name what to try again and where to divert. MiniStack 1.5.33 says ``Runtime.HandlerError`` every time.

AWS has room for a function's every call. MiniStack starts a process for each that is made at once: a few
hundred uploads then wait for processors until their tasks time out. Here, calls take turns.

Run as a program by MiniStack's own interpreter; imports nothing of this project but what is beside it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import lambda_runtime
from ministack.services import lambda_svc, stepfunctions

# At the end, where the project's folders hide nobody's modules.
sys.path.append(str(Path(__file__).parents[2]))

from local.ministack import keeping

# What a worker process writes when the handler raised, and what it is to write: AWS's own error document.
WRITTEN = '"error": str(e), "trace": traceback.format_exc()'
WANTED = (
    '"error": json.dumps({"errorMessage": str(e), "errorType": type(e).__name__,'
    ' "stackTrace": traceback.format_tb(e.__traceback__)}), "trace": traceback.format_exc()'
)

# Calls wait for the store more than they compute: a few for each processor.
CALLS_AT_ONCE = 4 * (os.cpu_count() or 1)
DIED = "Worker process died"  # MiniStack's own words for what AWS calls Runtime.ExitError
INVOKE = "arn:aws:states:::lambda:invoke"


def take_turns() -> None:
    """Bound how many functions the state machines call at once; a task's time-out counts from its turn on."""
    turns = threading.BoundedSemaphore(CALLS_AT_ONCE)
    invoke = stepfunctions._invoke_resource_with_timeout

    def in_turn(resource: str, payload: Any, timeout: float) -> Any:
        if resource != INVOKE:
            return invoke(resource, payload, timeout)
        with turns:
            return invoke(resource, payload, timeout)

    stepfunctions._invoke_resource_with_timeout = in_turn


def repair() -> None:
    """Have the error document travel through MiniStack in place of the error's text.

    Raises:
        SystemExit: This MiniStack is another one than the repair was made for.
    """
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if script.count(WRITTEN) != 1:
        raise SystemExit("local/ministack does not know this version of MiniStack.")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(WRITTEN, WANTED)
    execute = lambda_svc._execute_function_warm

    def repaired(function: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        result: dict[str, Any] = execute(function, event, request_id)
        if result.get("error") and (document := _document(result["body"])):
            result["body"] = {**document, "requestId": request_id}
        return result

    lambda_svc._execute_function_warm = repaired


def _document(body: Any) -> dict[str, Any] | None:
    try:
        if body["errorMessage"] == DIED:
            return {"errorMessage": DIED, "errorType": "Runtime.ExitError"}
        document = json.loads(body["errorMessage"])
    except (ValueError, TypeError, KeyError):
        return None  # an error of MiniStack's own: a time-out
    return document if isinstance(document, dict) and "errorType" in document else None


if __name__ == "__main__":
    repair()
    take_turns()
    keeping.begin()
    app.main()

"""Lambda errors as AWS reports them to a state machine.

AWS sets a failed Python function's ``errorType`` to the exception's class, and state machines choose retries
and catches by that name. MiniStack 1.5.33 always reports ``Runtime.HandlerError``.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, stepfunctions

# A worker process's output after the handler raised, and the AWS error document it should write instead.
WRITTEN = '"error": str(e), "trace": traceback.format_exc()'
WANTED = (
    '"error": json.dumps({"errorMessage": str(e), "errorType": type(e).__name__,'
    ' "stackTrace": traceback.format_tb(e.__traceback__)}), "trace": traceback.format_exc()'
)
CAUSE_CHARACTERS = 32_768  # at most: the Step Functions API reference, TaskFailedEventDetails
DIED = "Worker process died"  # MiniStack's message for what AWS calls Runtime.ExitError


def repair() -> None:
    """Patch MiniStack to pass on the error document instead of the error's text, cut as AWS cuts it.

    Raises:
        SystemExit: The patch was not made for this version of MiniStack.
    """
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if script.count(WRITTEN) != 1:
        raise SystemExit("local/ministack/lambda_errors.py does not know this version of MiniStack.")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(WRITTEN, WANTED)
    execute = lambda_svc._execute_function_warm

    def repaired(function: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        result: dict[str, Any] = execute(function, event, request_id)
        if result.get("error") and (document := _document(result["body"])):
            result["body"] = {**document, "requestId": request_id}
        return result

    lambda_svc._execute_function_warm = repaired
    call = stepfunctions._call_lambda

    def cut(function: str, event: Any) -> Any:
        try:
            return call(function, event)
        except stepfunctions._ExecutionError as error:
            error.cause = error.cause[:CAUSE_CHARACTERS]
            raise

    stepfunctions._call_lambda = cut


def _document(body: Any) -> dict[str, Any] | None:
    try:
        if body["errorMessage"] == DIED:
            return {"errorMessage": DIED, "errorType": "Runtime.ExitError"}
        document = json.loads(body["errorMessage"])
    except (ValueError, TypeError, KeyError):
        return None  # an error of MiniStack itself: a timeout
    return document if isinstance(document, dict) and "errorType" in document else None

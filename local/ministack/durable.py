"""Run durable executions as AWS does.

MiniStack 1.5.33 has their API, but starts them only for calls that wait for an answer, and only of functions
with a field that no client can send. It goes on with the newest code, one execution at a time, and not when a
function that was called has answered. Here it is as in the Lambda developer guide, "Durable functions".
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextvars import copy_context
from typing import Any
from urllib.parse import unquote

from ministack.core import iam_actions
from ministack.services import lambda_durable, lambda_svc

from local.ministack.turns import CALLS_AT_ONCE

type Function = dict[str, Any]
type Record = dict[str, Any]

CONFIG = "DurableConfig"
EXECUTIONS = "/durable-executions/"  # in the paths of requests about executions
CALLBACKS = "/durable-execution-callbacks/"  # and about their callbacks
ACTIONS = {
    "checkpoint": "CheckpointDurableExecution",
    "state": "GetDurableExecutionState",
    "succeed": "SendDurableExecutionCallbackSuccess",
    "fail": "SendDurableExecutionCallbackFailure",
    "heartbeat": "SendDurableExecutionCallbackHeartbeat",
}
TRIES = 3  # of a call whose worker dies; the execution goes on from its last checkpoint
# A call is told so many operations, and asks for the rest. Lambda tells as much as fits into an event.
TOLD_OPERATIONS = 4

# One call of an execution at a time.
_turns: dict[str, threading.RLock] = defaultdict(threading.RLock)
# As for state machines; a call that waits for another one has ended, so that none waits for itself.
_at_once = threading.BoundedSemaphore(CALLS_AT_ONCE)
_run: Callable[[Function, Any], dict[str, Any]] = lambda_svc._execute_function
_resume: Callable[..., None] = lambda_durable._resume_execution
_update: Callable[[Record, dict[str, Any]], None] = lambda_durable._apply_update


def execute(allows: Callable[[str, str, str], bool] | None = None) -> None:
    """Patch MiniStack to run durable executions; ``allows`` checks the functions' calls under their roles."""
    lambda_svc._execute_function = _started
    lambda_svc.invoke_durable_resume = lambda name, arn, event: _go_on(lambda_durable._executions.get(arn))
    lambda_durable._resume_execution = lambda arn, *scope: _in_thread(_resumed, arn, *scope)
    lambda_durable._apply_update = _updated
    lambda_durable._fire_chained_invoke = lambda *call: _in_thread(_called, allows, *call)
    _permissions()


def _started(function: Function, event: Any) -> dict[str, Any]:
    """Start an execution for each call of a durable function, however it is made."""
    config = function.get("config") or function
    if not config.get(CONFIG) or "DurableExecutionArn" in (event or ()):
        return _run(function, event)
    record = lambda_durable.create_execution_for_invoke(
        function_arn=lambda_svc._func_arn(config["FunctionName"]),
        version=str(config.get("Version") or "$LATEST"),
        input_payload=json.dumps(event),
        execution_timeout=config[CONFIG].get("ExecutionTimeout"),
    )
    _go_on(record)
    return {"body": None}


def _resumed(arn: str, *scope: Any) -> None:
    """Go on with an execution whose wait is over, once its call has ended: the next one has another token."""
    with _turns[arn]:
        _resume(arn, *scope)


def _updated(record: Record, update: dict[str, Any]) -> None:
    """Take what a call says of an operation; a callback without a time limit says that it has 0 seconds."""
    if limits := update.get("CallbackOptions"):
        update["CallbackOptions"] = {name: seconds for name, seconds in limits.items() if seconds}
    _update(record, update)


def _go_on(record: Record) -> None:
    """Call the version of the function that the execution began with, and take what it says of the end."""
    arn = record["DurableExecutionArn"]
    function, config, _ = lambda_svc._get_func_record_for_ref(f"{record['FunctionArn']}:{record['Version']}")
    with _turns[arn]:
        for _ in range(TRIES):
            if record["Status"] != "RUNNING" or not function or not config:
                return
            record["CheckpointToken"] = lambda_durable.new_checkpoint_token()
            known = record["Operations"]
            operations = lambda_durable._serialize_operations(known[:TOLD_OPERATIONS], for_event=True)
            more = str(TOLD_OPERATIONS) if len(known) > TOLD_OPERATIONS else ""
            told = {
                "DurableExecutionArn": arn,
                "CheckpointToken": record["CheckpointToken"],
                "InitialExecutionState": {"Operations": operations, "NextMarker": more},
            }
            with _at_once:
                result = _run(lambda_svc._execution_record_for_config(function, config), told)
            if not result.get("error"):
                break
        _settle(record, result)


def _settle(record: Record, result: Mapping[str, Any]) -> None:
    body = result.get("body")
    answer: dict[str, Any] = json.loads(body) if isinstance(body, str | bytes) else body or {}
    arn = record["DurableExecutionArn"]
    if result.get("error"):
        lambda_durable.mark_execution_completed(arn, None, {"ErrorMessage": json.dumps(answer)})
    elif answer["Status"] == "PENDING":
        lambda_durable.schedule_resume(arn)
    else:
        failed = answer.get("Error") or {} if answer["Status"] == "FAILED" else None
        lambda_durable.mark_execution_completed(arn, answer.get("Result"), failed)


def _called(
    allows: Callable[[str, str, str], bool] | None,
    record: Record,
    operation: str,
    options: Mapping[str, Any],
    payload: str | None,
) -> None:
    """Call another function for an execution, under the role of its own, and go on with the answer."""
    target = options["FunctionName"]
    _, own, _ = lambda_svc._get_func_record_for_ref(record["FunctionArn"])
    function, config, _ = lambda_svc._get_func_record_for_ref(target)
    if allows and not allows((own or {})["Role"], "lambda:InvokeFunction", target):
        result: dict[str, Any] = {"error": True, "body": {"errorType": "AccessDeniedException"}}
    elif not function or not config:
        result = {"error": True, "body": {"errorType": "ResourceNotFoundException"}}
    else:
        called = lambda_svc._execution_record_for_config(function, config)
        with _at_once:
            result = _run(called, json.loads(payload or "null"))
    body = result.get("body")
    with _turns[record["DurableExecutionArn"]]:
        if result.get("error"):
            document = body if isinstance(body, dict) else {"errorMessage": str(body)}
            error: dict[str, Any] = {
                "ErrorType": document.get("errorType", "Unhandled"),
                "ErrorMessage": document.get("errorMessage", ""),
                "StackTrace": [],
            }
            lambda_durable._append_chained_result(record, operation, False, None, error)
        else:
            text = body if isinstance(body, str) else json.dumps(body)
            lambda_durable._append_chained_result(record, operation, True, text, None)
    _go_on(record)


def _in_thread(work: Callable[..., None], *arguments: Any) -> None:
    context = copy_context()  # it has the request's account and region
    threading.Thread(target=context.run, args=(work, *arguments), daemon=True).start()


def _permissions() -> None:
    """Name the actions on executions, and the execution that a call is about, for the check of policies."""
    named: Callable[[str, str], str | None] = iam_actions._lambda_action
    resource: Callable[..., str] = iam_actions.extract_resource_arn

    def action(method: str, path: str) -> str | None:
        if EXECUTIONS not in path and CALLBACKS not in path:
            return named(method, path)
        return ACTIONS.get(path.rpartition("/")[2], "GetDurableExecution")

    def about(service: str, method: str, path: str, *rest: Any) -> str:
        if service == "lambda" and CALLBACKS in path:
            callback = unquote(path.partition(CALLBACKS)[2]).rpartition("/")[0]
            execution, _ = lambda_durable._callback_index.get(callback) or (callback, "")
            return str(execution)
        if service != "lambda" or EXECUTIONS not in path:
            return resource(service, method, path, *rest)
        arn = unquote(path.partition(EXECUTIONS)[2])
        return arn.rpartition("/")[0] if arn.rpartition("/")[2] in ACTIONS else arn

    iam_actions._lambda_action, iam_actions.extract_resource_arn = action, about

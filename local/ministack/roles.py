"""What AWS's services do under a role, checked against that role.

With ``AUTH=true`` MiniStack 1.5.33 checks the calls that a function's code makes. It does not check what the
services do themselves with the roles they are given: a state machine's direct calls, a rule's start of an
execution, the log lines that Lambda writes for a function. Here they are checked, by MiniStack's own
evaluation of policies. What Lambda sends to X-Ray is not: MiniStack has nobody who would take it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.arn import parse_arn
from ministack.services import eventbridge, lambda_svc, stepfunctions

# By the resource of a task: the service, what it takes, and the argument that names its target.
CALLS = {
    "arn:aws:states:::lambda:invoke": ("Lambda", "lambda:InvokeFunction", "FunctionName"),
    "arn:aws:states:::dynamodb:putItem": ("DynamoDB", "dynamodb:PutItem", "TableName"),
    "arn:aws:states:::dynamodb:updateItem": ("DynamoDB", "dynamodb:UpdateItem", "TableName"),
    "arn:aws:states:::sns:publish": ("SNS", "sns:Publish", "TopicArn"),
}
WRITE_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")

_machine: ContextVar[dict[str, Any]] = ContextVar("machine")


def obey() -> None:
    """Have the services refused what their roles don't allow."""
    _loopback()
    _names_of_several_lines()
    _state_machines()
    _rules()
    _logs()


def allows(role: str, action: str, resource: str) -> bool:
    """Tell whether the role with this ARN may do this to the resource."""
    owner = parse_arn(role).account_id
    name = role.rsplit("/", 1)[-1]
    asked = iam_evaluator.EvalContext(role, "AssumedRole", owner, action, resource, "")
    policies = iam_evaluator._gather_role_policies(name, owner)
    return bool(iam_evaluator.evaluate(asked, policies).decision == "Allow")


def _loopback() -> None:
    """Let what comes over loopback pass for what comes over TLS, which resource policies ask for."""
    pin: Callable[..., None] = app.pin_request_origin
    app.pin_request_origin = lambda address, secure: pin(address, True)


def _names_of_several_lines() -> None:
    """Let a wildcard stand for a line break, too, which an object's key may hold."""
    compiled: Callable[..., re.Pattern[str]] = iam_evaluator._fnmatch_compile

    def across(pattern: str, ignore_case: bool) -> re.Pattern[str]:
        made = compiled(pattern, ignore_case)
        return re.compile(made.pattern, made.flags | re.DOTALL)

    iam_evaluator._fnmatch_compile = across


def _state_machines() -> None:
    execute = stepfunctions._execute_task
    invoke = stepfunctions._invoke_resource_with_timeout

    def noted(state: Any, given: Any, execution: Any, context: dict[str, Any]) -> Any:
        _machine.set(stepfunctions._state_machines[context["StateMachine"]["Id"]])
        return execute(state, given, execution, context)

    def checked(resource: str, arguments: dict[str, Any], timeout: float) -> Any:
        machine = _machine.get()
        if resource not in CALLS:
            raise stepfunctions._ExecutionError("States.Runtime", f"The target of {resource} is unknown.")
        service, action, named = CALLS[resource]
        target = str(arguments[named])
        if named == "TableName":
            arn = parse_arn(machine["stateMachineArn"])
            target = f"arn:aws:dynamodb:{arn.region}:{arn.account_id}:table/{target}"
        if not allows(machine["roleArn"], action, target):
            denied = f"{machine['roleArn']} is not authorized to perform {action} on {target}"
            raise stepfunctions._ExecutionError(f"{service}.AccessDeniedException", denied)
        return invoke(resource, arguments, timeout)

    stepfunctions._execute_task = noted
    stepfunctions._invoke_resource_with_timeout = checked


def _rules() -> None:
    """Check who starts executions; what may not be delivered goes where the target says."""
    deliver: Callable[..., None] = eventbridge._invoke_target

    def checked(target: dict[str, Any], event: Any, rule: Any, view: Any = None) -> None:
        arn = target.get("Arn", "")
        if ":states:" not in arn or allows(target.get("RoleArn", ""), "states:StartExecution", arn):
            deliver(target, event, rule, view)
        elif queue := target.get("DeadLetterConfig", {}).get("Arn"):
            view = view or eventbridge._pattern_event_view(event)
            eventbridge._dispatch_to_sqs(parse_arn(queue), json.dumps(view.event_with_detail()))

    eventbridge._invoke_target = checked


def _logs() -> None:
    write: Callable[..., None] = lambda_svc._emit_lambda_logs

    def checked(function: dict[str, Any], *arguments: Any, **options: Any) -> None:
        config = function.get("config") or function
        arn = parse_arn(config["FunctionArn"])
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
        stream = f"arn:aws:logs:{arn.region}:{arn.account_id}:log-group:{group}:log-stream:any"
        if all(allows(config["Role"], action, stream) for action in WRITE_LOGS):
            write(function, *arguments, **options)

    lambda_svc._emit_lambda_logs = checked

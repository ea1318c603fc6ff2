"""Check the calls that AWS's services make under a role against the policies of that role.

With ``AUTH=true`` MiniStack 1.5.33 checks the calls that a function's code makes. It does not check what the
services do themselves with the roles they are given: a state machine's direct calls, what a Map reads, starts
and writes, a rule's start of an execution, the log lines that Lambda writes for a function. Here they are
checked, with MiniStack's evaluation of policies. Traces to X-Ray are not checked, since MiniStack does not
accept them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.arn import parse_arn
from ministack.services import eventbridge, iam, lambda_svc, stepfunctions

# By the resource of a task: the service, the permission it needs, and the argument that names its target.
CALLS = {
    "arn:aws:states:::lambda:invoke": ("Lambda", "lambda:InvokeFunction", "FunctionName"),
    "arn:aws:states:::dynamodb:putItem": ("DynamoDB", "dynamodb:PutItem", "TableName"),
    "arn:aws:states:::dynamodb:updateItem": ("DynamoDB", "dynamodb:UpdateItem", "TableName"),
    "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken": (
        "DynamoDb",
        "dynamodb:UpdateItem",
        "TableName",
    ),
    "arn:aws:states:::sns:publish": ("SNS", "sns:Publish", "TopicArn"),
    "arn:aws:states:::states:startExecution": (
        "StepFunctions",
        "states:StartExecution",
        "StateMachineArn",
    ),
}
STARTS = {"states": "states:StartExecution", "lambda": "lambda:InvokeFunction"}  # what a rule may start
WRITE_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
# What a Map needs under its machine's role, by the field that asks for it: the error, the argument that names
# the objects, and the actions:
# https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html.
MAPS = {
    "ItemReader": ("States.ItemReaderFailed", "Key", ("s3:GetObject",)),
    "ResultWriter": (
        "States.ResultWriterFailed",
        "Prefix",
        ("s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"),
    ),
}

_machine: ContextVar[dict[str, Any]] = ContextVar("machine")


def obey() -> None:
    """Patch MiniStack to refuse calls of the services that their roles do not allow."""
    _loopback()
    _names_of_several_lines()
    _policy_variables()
    _aliases()
    _state_machines()
    _maps()
    _rules()
    _logs()


def allows(role: str, action: str, resource: str) -> bool:
    """Return whether the role with this ARN, within its boundary, may perform the action on the resource."""
    owner = parse_arn(role).account_id
    name = role.rsplit("/", 1)[-1]
    asked = iam_evaluator.EvalContext(role, "AssumedRole", owner, action, resource, "")
    policies = iam_evaluator._gather_role_policies(name, owner)
    limits = iam_evaluator._permissions_boundary(iam._roles, name, owner)
    return bool(iam_evaluator.evaluate(asked, policies, *limits).decision == "Allow")


def _loopback() -> None:
    """Treat loopback connections as TLS, which resource policies require."""
    pin: Callable[..., None] = app.pin_request_origin
    app.pin_request_origin = lambda address, secure: pin(address, True)


def _names_of_several_lines() -> None:
    """Let a wildcard match line breaks too, which an object's key may contain."""
    compiled: Callable[..., re.Pattern[str]] = iam_evaluator._fnmatch_compile

    def across(pattern: str, ignore_case: bool) -> re.Pattern[str]:
        made = compiled(pattern, ignore_case)
        return re.compile(made.pattern, made.flags | re.DOTALL)

    iam_evaluator._fnmatch_compile = across


def _policy_variables() -> None:
    """Replace variables such as ``${aws:PrincipalAccount}`` in the values of conditions."""
    met: Callable[[Any, Any], bool] = iam_evaluator._conditions_met

    def replaced(value: Any, asked: Any) -> Any:
        if isinstance(value, dict):
            return {key: replaced(each, asked) for key, each in value.items()}
        if isinstance(value, list):
            return [replaced(each, asked) for each in value]
        resolve = iam_evaluator._resolve_condition_key
        return re.sub(r"\$\{([^}]+)\}", lambda name: str(resolve(name[1], asked)), str(value))

    iam_evaluator._conditions_met = lambda conditions, asked: met(replaced(conditions, asked), asked)


def _aliases() -> None:
    """Name the actions on one alias, which MiniStack takes for those on the list of them."""
    named: Callable[[str, str], str | None] = iam_actions._lambda_action
    actions = {"GET": "GetAlias", "PUT": "UpdateAlias", "DELETE": "DeleteAlias"}

    def of_one(method: str, path: str) -> str | None:
        return actions.get(method) if re.search(r"/aliases/[^/]+/?$", path) else named(method, path)

    iam_actions._lambda_action = of_one


def _state_machines() -> None:
    execute = stepfunctions._execute_task
    invoke = stepfunctions._invoke_resource_with_timeout
    wait = stepfunctions._invoke_with_callback

    def noted(state: Any, given: Any, execution: Any, context: dict[str, Any]) -> Any:
        _machine.set(stepfunctions._state_machines[context["StateMachine"]["Id"]])
        return execute(state, given, execution, context)

    def check(resource: str, arguments: dict[str, Any]) -> None:
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

    def checked(resource: str, arguments: dict[str, Any], timeout: float) -> Any:
        check(resource, arguments)
        return invoke(resource, arguments, timeout)

    def checked_and_waiting(resource: str, arguments: dict[str, Any], token: str, state: Any) -> Any:
        check(resource, arguments)
        return wait(resource, arguments, token, state)

    stepfunctions._execute_task = noted
    stepfunctions._invoke_resource_with_timeout = checked
    stepfunctions._invoke_with_callback = checked_and_waiting


def _maps() -> None:
    """Check that a Map may read its items, start and watch their executions, and write their results."""
    run = stepfunctions._run_distributed_map

    def checked(
        state: dict[str, Any], given: Any, effective: Any, items: Any, execution: Any, context: Any
    ) -> Any:
        machine = stepfunctions._state_machines[context["StateMachine"]["Id"]]
        role = machine["roleArn"]
        needed = [
            ("States.Runtime", "states:StartExecution", machine["stateMachineArn"]),
            ("States.Runtime", "states:DescribeExecution", execution["executionArn"]),
        ]
        for field, (error, key, actions) in MAPS.items():
            if field in state:
                at = stepfunctions._apply_jsonata_template(state[field]["Arguments"], given, context)
                needed += [(error, each, f"arn:aws:s3:::{at['Bucket']}/{at[key]}") for each in actions]
        for error, action, target in needed:
            if not allows(role, action, target):
                denied = f"{role} is not authorized to perform {action} on {target}"
                raise stepfunctions._ExecutionError(error, denied)
        return run(state, given, effective, items, execution, context)

    stepfunctions._run_distributed_map = checked


def _rules() -> None:
    """Check who starts executions; refused events go to the dead-letter queue of the target."""
    deliver: Callable[..., None] = eventbridge._invoke_target

    def checked(target: dict[str, Any], event: Any, rule: Any, view: Any = None) -> None:
        arn = target.get("Arn", "")
        action = STARTS.get(parse_arn(arn).service)
        if action is None or allows(target.get("RoleArn", ""), action, arn):
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

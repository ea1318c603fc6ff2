"""Refuse requests that AWS would refuse: see :mod:`local.aws_rules`.

Requests in AWS's JSON protocol are checked where they arrive, and the direct calls of a state machine before
they are made. All that the provider's stand-in sends is checked there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.model import OperationModel
from ministack import app
from ministack.services import eventbridge, lambda_svc, stepfunctions

from local.aws_rules import Refusal, refusals

# By the prefix of the header X-Amz-Target; others are other services' or have other protocols.
SERVICES = {
    "AWSEvents": "events",
    "AWSStepFunctions": "stepfunctions",
    "AmazonSQS": "sqs",
    "DynamoDB_20120810": "dynamodb",
    "Logs_20140328": "logs",
}
DIRECT = {"dynamodb:putItem": ("dynamodb", "PutItem"), "dynamodb:updateItem": ("dynamodb", "UpdateItem")}
# Lambda developer guide, "Configuring reserved concurrency": an account has 1,000 by default.
ACCOUNT_CONCURRENCY, UNRESERVED = 1000, 100
# EventBridge user guide, "Amazon EventBridge quotas".
TARGETS_PER_RULE = 5


def check() -> None:
    """Patch MiniStack to refuse what AWS would refuse."""
    _arriving()
    _direct()
    _reserving()
    _targets()


@cache
def operation(service: str, name: str) -> OperationModel | None:
    """Return the model of an operation, or ``None`` if the service does not have it."""
    model = botocore.session.get_session().get_service_model(service)
    return model.operation_model(name) if name in model.operation_names else None


def refused(service: str, name: str, params: Mapping[str, Any]) -> Refusal | None:
    """Return the first reason why AWS would refuse the call, or ``None``."""
    model = operation(service, name)
    found: Iterator[Refusal] = refusals(model, params) if model else iter(())
    return next(found, None)


def _answer(refusal: Refusal) -> tuple[int, dict[str, str], bytes]:
    body = {"__type": refusal.code, "message": refusal.message}
    return 400, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(body).encode()


def _arriving() -> None:
    dispatch = app._dispatch_service_request

    async def checked(
        method: str, path: str, headers: dict[str, str], body: bytes, query: Any, request_id: str
    ) -> Any:
        prefix, _, name = headers.get("x-amz-target", "").partition(".")
        if prefix in SERVICES:
            try:
                params = json.loads(body or b"{}")
            except ValueError:
                params = {}
            if refusal := refused(SERVICES[prefix], name, params):
                return _answer(refusal)
        return await dispatch(method, path, headers, body, query, request_id)

    app._dispatch_service_request = checked


def _direct() -> None:
    invoke = stepfunctions._invoke_resource_with_timeout

    def checked(resource: str, arguments: dict[str, Any], timeout: float) -> Any:
        call = DIRECT.get(re.sub(r"^arn:aws:states:::", "", resource))
        if call and (refusal := refused(*call, arguments)):
            raise stepfunctions._ExecutionError(f"DynamoDB.{refusal.code}", refusal.message)
        return invoke(resource, arguments, timeout)

    stepfunctions._invoke_resource_with_timeout = checked


def _reserving() -> None:
    """Leave 100 of the account's concurrency unreserved, and limit calls of a function's versions, too."""
    reserve = lambda_svc._put_function_concurrency

    def checked(name: str, data: dict[str, Any]) -> Any:
        functions = {key: each.get("concurrency") or 0 for key, each in lambda_svc._functions.items()}
        functions[name] = data.get("ReservedConcurrentExecutions", 0)
        if ACCOUNT_CONCURRENCY - sum(functions.values()) < UNRESERVED:
            return lambda_svc.error_response_json(
                "InvalidParameterValueException",
                "Specified ReservedConcurrentExecutions for function decreases account's "
                f"UnreservedConcurrentExecution below its minimum value of [{UNRESERVED}].",
                400,
            )
        return reserve(name, data)

    lambda_svc._put_function_concurrency = checked
    reserved = lambda_svc._reserved_concurrency

    def of_all_versions(function: dict[str, Any], config: dict[str, Any]) -> int | None:
        base = lambda_svc._functions.get(config.get("FunctionName"), {})
        found: int | None = reserved({**function, "concurrency": base.get("concurrency")}, config)
        return found

    lambda_svc._reserved_concurrency = of_all_versions


def _targets() -> None:
    """Let a rule have no more than five targets."""
    put = eventbridge._put_targets

    def checked(data: dict[str, Any]) -> Any:
        key = eventbridge._rule_key(data.get("Rule"), data.get("EventBusName", "default"))
        held = {each["Id"] for each in eventbridge._targets.get(key, [])}
        if len(held | {each["Id"] for each in data.get("Targets", [])}) > TARGETS_PER_RULE:
            message = (
                f"The requested resource exceeds the maximum number allowed: {TARGETS_PER_RULE} targets."
            )
            return _answer(Refusal("LimitExceededException", message))
        return put(data)

    eventbridge._put_targets = checked

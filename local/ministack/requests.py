"""Refuse requests that AWS would refuse: see :mod:`local.aws_rules`.

Requests are checked where they arrive, and the direct calls of a state machine before they are made. All that
the provider's stand-in sends is checked there, too.
"""

from __future__ import annotations

import json
import re
from typing import Any
from xml.sax.saxutils import escape

from ministack import app
from ministack.services import eventbridge, lambda_svc, stepfunctions

from local.aws_rules import Refusal, refusals
from local.ministack.calls import Call, Request, called, operation

DIRECT = {"dynamodb:putItem": ("dynamodb", "PutItem"), "dynamodb:updateItem": ("dynamodb", "UpdateItem")}
# The code of a violation of the model, and what it is called in other protocols than JSON: the IAM API
# reference, Common errors; the S3 API reference, Error responses.
VIOLATION = "ValidationException"
MODEL_VIOLATIONS = {"query": "ValidationError", "rest-xml": "InvalidArgument"}
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


def refused(call: Call | None) -> Refusal | None:
    """Return the first reason why AWS would refuse the call, or ``None``."""
    return next(refusals(call.model, call.params), None) if call else None


def answer(protocol: str, refusal: Refusal) -> tuple[int, dict[str, str], bytes]:
    """Return the answer that a service of this protocol gives."""
    if protocol in ("query", "rest-xml"):
        code = MODEL_VIOLATIONS[protocol] if refusal.code == VIOLATION else refusal.code
        body = f"<Error><Code>{code}</Code><Message>{escape(refusal.message)}</Message></Error>"
        if protocol == "query":
            body = f"<ErrorResponse>{body}<RequestId>refused</RequestId></ErrorResponse>"
        return 400, {"Content-Type": "text/xml"}, body.encode()
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-errortype": refusal.code}
    return 400, headers, json.dumps({"__type": refusal.code, "message": refusal.message}).encode()


def _arriving() -> None:
    dispatch = app._dispatch_service_request

    async def checked(
        method: str, path: str, headers: dict[str, str], body: bytes, query: Any, request_id: str
    ) -> Any:
        call = called(Request(method, path, headers, body, query))
        if call and (refusal := refused(call)):
            return answer(call.model.service_model.protocol, refusal)
        return await dispatch(method, path, headers, body, query, request_id)

    app._dispatch_service_request = checked


def _direct() -> None:
    invoke = stepfunctions._invoke_resource_with_timeout

    def checked(resource: str, arguments: dict[str, Any], timeout: float) -> Any:
        direct = DIRECT.get(re.sub(r"^arn:aws:states:::", "", resource))
        model = operation(*direct) if direct else None
        if model and (refusal := refused(Call(model, arguments))):
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
            return answer("json", Refusal("LimitExceededException", message))
        return put(data)

    eventbridge._put_targets = checked

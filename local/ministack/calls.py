"""Read a request: which operation it calls, with its parameters as in botocore's model of the service.

The inverse of botocore's serializers, for the protocols of the services that a stack uses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.etree import ElementTree

import botocore.session
from botocore.model import OperationModel, ServiceModel, Shape

from local.ministack.values import from_fields, from_json, from_xml, scalar

# By the prefix of the header X-Amz-Target.
JSON_TARGETS = {
    "AWSEvents": "events",
    "AWSStepFunctions": "stepfunctions",
    "AmazonSQS": "sqs",
    "DynamoDB_20120810": "dynamodb",
    "Logs_20140328": "logs",
}
# By the name of the service in a signature.
QUERY, REST = ("iam", "sns"), ("lambda", "s3", "scheduler")
SIGNED = re.compile(r"Credential=[^/]+/[^/]+/[^/]+/([^/]+)/")


@dataclass(frozen=True)
class Call:
    """A call of an operation."""

    model: OperationModel
    params: Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """A request; header names are in lower case, and a name of the query has the list of its values."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, list[str]]


@cache
def service_model(service: str) -> ServiceModel:
    """Return botocore's model of a service."""
    return botocore.session.get_session().get_service_model(service)


@cache
def operation(service: str, name: str) -> OperationModel | None:
    """Return the model of an operation, or ``None`` if the service does not have it."""
    model = service_model(service)
    return model.operation_model(name) if name in model.operation_names else None


def called(request: Request) -> Call | None:
    """Return what a request calls, or ``None`` if it is another service's or cannot be read."""
    prefix, _, name = request.headers.get("x-amz-target", "").partition(".")
    signed = SIGNED.search(request.headers.get("authorization", ""))
    service = signed[1] if signed else ""
    try:
        if prefix in JSON_TARGETS:
            model = operation(JSON_TARGETS[prefix], name)
            return Call(model, json.loads(request.body or b"{}")) if model else None
        if service in QUERY:
            return _query(service, dict(parse_qsl(request.body.decode(), keep_blank_values=True)))
        if service in REST:
            return _rest(service, request)
    except (ValueError, ElementTree.ParseError):
        pass
    return None


def _query(service: str, fields: Mapping[str, str]) -> Call | None:
    model = operation(service, fields.get("Action", ""))
    if model is None or model.input_shape is None:
        return None
    return Call(model, from_fields(fields, "", model.input_shape) or {})


@dataclass(frozen=True)
class Route:
    """Where an operation is called."""

    model: OperationModel
    path: re.Pattern[str]
    fixed: Mapping[str, str]


@cache
def _routes(service: str) -> tuple[Route, ...]:
    routes = []
    for name in service_model(service).operation_names:
        model = service_model(service).operation_model(name)
        if model.deprecated:
            continue  # another one has its place
        path, _, query = model.http["requestUri"].partition("?")
        parts = re.split(r"({\w+\+?})", path.rstrip("/") or "/")
        pattern = "".join(
            f"(?P<{each.strip('{+}')}>{'.+' if '+' in each else '[^/]+'})"
            if each.startswith("{")
            else re.escape(each)
            for each in parts
        )
        fixed = dict(parse_qsl(query, keep_blank_values=True))
        routes.append(Route(model, re.compile(f"{pattern}/?"), fixed))
    return tuple(routes)


def _rest(service: str, request: Request) -> Call | None:
    """Take the operation of which the request has most of the path, the query and the required headers."""
    found: list[tuple[int, Call]] = []
    for route in _routes(service):
        matched = route.path.fullmatch(request.path)
        shape = route.model.input_shape
        if not matched or shape is None or route.model.http["method"] != request.method:
            continue
        if any(
            request.query.get(key, [None])[0] not in (value, value or None)
            for key, value in route.fixed.items()
        ):
            continue
        if not route.fixed.keys() <= request.query.keys():
            continue
        params = dict(_located(shape, matched.groupdict(), request))
        required = {
            each for each in shape.required_members if shape.members[each].serialization.get("location")
        }
        if required <= params.keys():
            literal = len(re.sub(r"{\w+\+?}", "", route.model.http["requestUri"]))
            found.append((literal + 100 * len(required), Call(route.model, params)))
    if not found:
        return None
    best = max(found, key=lambda each: each[0])[1]
    return Call(best.model, {**best.params, **_in_body(best.model, request.body)})


def _located(shape: Shape, labels: Mapping[str, str], request: Request) -> Iterator[tuple[str, Any]]:
    for name, member in shape.members.items():
        at, key = member.serialization.get("location"), member.serialization.get("name", name)
        texts: list[str] = []
        if at == "uri":
            texts = [unquote(labels[key])]
        elif at == "querystring":
            texts = request.query.get(key, [])
        elif at == "header" and key.lower() in request.headers:
            texts = [request.headers[key.lower()]]
        if texts and member.type_name == "list":
            yield name, [scalar(each, member.member) for each in texts]
        elif texts and member.type_name != "map":
            yield name, scalar(texts[0], member)


def _in_body(model: OperationModel, body: bytes) -> Mapping[str, Any]:
    shape = model.input_shape
    payload = shape.serialization.get("payload")
    inner = shape.members[payload] if payload else shape
    if body and payload and inner.type_name in ("string", "blob"):
        return {payload: body if inner.type_name == "blob" else body.decode()}
    if not body or inner.type_name != "structure":
        return {}
    if model.service_model.protocol == "rest-xml":
        value = from_xml(ElementTree.fromstring(body), inner)  # noqa: S314 - of this machine's own client
    else:
        value = from_json(json.loads(body), inner)
    known: Mapping[str, Any] = {payload: value} if payload else value
    return known

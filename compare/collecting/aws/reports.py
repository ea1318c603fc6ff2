"""Lambda's reports of requests, in either log format.

Sources: the Lambda Developer Guide, "Log and monitor" (the REPORT line), "Telemetry API Event schema
reference" (``platform.report``, which the JSON log format writes) and "Monitoring for Lambda SnapStart".
The billed duration includes INIT or a restore (see :func:`compare.billing.aws_lambda.billed_ms`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from compare.billing.aws_lambda import gb_seconds
from compare.billing.reading import MS_PER_SECOND
from compare.collecting.asking import Window
from compare.collecting.aws.calls import translated
from compare.collecting.billed import FunctionFigures
from compare.cost.exact import exact

LINE = re.compile(r"REPORT RequestId: (?P<request>\S+)\s")
FIELD = re.compile(r"(?P<name>[A-Z][A-Za-z ]+): (?P<value>[\d.]+) (?:ms|MB)")
# The functions log in JSON. For an emulator that logs in text, this pattern matches everything.
PATTERN = '{ $.type = "platform.report" }'


@dataclass(frozen=True)
class Report:
    """One request as Lambda reported it, in milliseconds and MB; ``init_ms`` is ``None`` if it was warm."""

    request: str
    duration_ms: Decimal
    billed_ms: int
    memory_mb: int
    max_memory_mb: int
    init_ms: Decimal | None = None


def parse(message: str) -> Report | None:
    """Parse one log event; return ``None`` if it is not a report."""
    if found := LINE.match(message):
        fields = {each["name"].strip(): each["value"] for each in FIELD.finditer(message)}
        names = ("Duration", "Billed Duration", "Memory Size", "Max Memory Used")
        init = fields.get("Init Duration", fields.get("Restore Duration"))
        return _report(found["request"], [fields.get(name) for name in names], init)
    try:
        event = json.loads(message, parse_float=Decimal)
    except json.JSONDecodeError:
        return None
    if not isinstance(event, dict) or event.get("type") != "platform.report":
        return None
    record = event.get("record", {})
    metrics: dict[str, Any] = record.get("metrics", {})
    names = ("durationMs", "billedDurationMs", "memorySizeMB", "maxMemoryUsedMB")
    init = metrics.get("initDurationMs", metrics.get("restoreDurationMs"))
    return _report(record.get("requestId"), [metrics.get(name) for name in names], init)


def _report(request: Any, fields: list[Any], init: Any) -> Report | None:
    if request is None or None in fields:
        return None
    duration, *whole = fields
    billed, memory, used = (int(Decimal(each)) for each in whole)
    return Report(
        str(request), Decimal(duration), billed, memory, used, None if init is None else Decimal(init)
    )


def reports(logs: Any, group: str, window: Window) -> Iterator[Report]:
    """Yield the reports that a log group has for the time window, one for each request.

    Raises:
        Unreported: The log group was deleted, is not permitted to be read, or reading failed.
    """
    seen = set()
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group,
        filterPattern=PATTERN,
        startTime=round(window.began.timestamp() * 1000),
        endTime=round(window.ended.timestamp() * 1000),
    )
    with translated("logs:FilterLogEvents"):
        for page in pages:
            for event in page["events"]:
                report = parse(event["message"])
                if report and report.request not in seen:
                    seen.add(report.request)
                    yield report


def figures(step: str, made: Sequence[Report], *, emulated: bool = False) -> FunctionFigures:
    """Add up the reports of one step's function; ``made`` must not be empty.

    An emulator reports no INIT and no memory used: then both are unknown.
    """
    inits = [each.init_ms for each in made if each.init_ms is not None]
    return FunctionFigures(
        step=step,
        requests=len(made),
        duration_ms=sum((each.duration_ms for each in made), Decimal(0)),
        billed_ms=sum(each.billed_ms for each in made),
        memory_mb=max(each.memory_mb for each in made),
        max_memory_mb=max(each.max_memory_mb for each in made) or None,
        cold=None if emulated else len(inits),
        init_ms=None if emulated else sum(inits, Decimal(0)),
    )


def billed_gb_seconds(made: Iterable[Report]) -> Decimal:
    """Return the GB-seconds billed for the requests, each at its own memory."""
    with exact():
        return sum(
            (gb_seconds(each.billed_ms / MS_PER_SECOND, Decimal(each.memory_mb)) for each in made), Decimal(0)
        )

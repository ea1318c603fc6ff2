"""REPORT lines as the Lambda Developer Guide shows them, in both formats."""

import json
from dataclasses import replace
from decimal import Decimal

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from compare.collecting.asking import Unreported
from compare.collecting.aws.reports import Report, billed_gb_seconds, figures, parse, reports

REQUEST = "8f507cfc-xmpl-4697-b07a-ac58fc914c95"
MEMORY = "Memory Size: 128 MB\tMax Memory Used: 56 MB"
WARM = f"REPORT RequestId: {REQUEST}\tDuration: 15.74 ms\tBilled Duration: 16 ms\t{MEMORY}"
XRAY = "\t\nXRAY TraceId: 1-5e34\tSegmentId: 07b9\tSampled: true"


def event(**metrics):
    """One event of the JSON format, with the fields of the Telemetry API's ``platform.report``."""
    record = {
        "requestId": REQUEST,
        "metrics": metrics,
        "status": "success",
        "tracing": {"type": "X-Amzn-Trace-Id", "value": "Root=1-620", "spanId": "54565fb41ac79632"},
    }
    return json.dumps({"time": "2022-10-12T00:01:15.000Z", "type": "platform.report", "record": record})


# From the guide: a warm request, a cold one whose INIT is billed (since August 2025), one restored from a
# snapshot, one that ran out of time; with X-Ray's line, as it follows in the same event.
@pytest.mark.parametrize(
    ("message", "report"),
    [
        (WARM, Report(REQUEST, Decimal("15.74"), 16, 128, 56)),
        (
            WARM.replace("16 ms", "554 ms") + "\tInit Duration: 538.20 ms" + XRAY,
            Report(REQUEST, Decimal("15.74"), 554, 128, 56, Decimal("538.20")),
        ),
        (
            WARM.replace("16 ms", "69 ms") + "\tRestore Duration: 500.80 ms\tBilled Restore Duration: 53 ms",
            Report(REQUEST, Decimal("15.74"), 69, 128, 56, Decimal("500.80")),
        ),
        (
            WARM.replace("15.74", "3000.00").replace("16 ms", "3000 ms") + "\tStatus: timeout",
            Report(REQUEST, Decimal("3000.00"), 3000, 128, 56),
        ),
        (
            event(durationMs=220.12, billedDurationMs=221, memorySizeMB=1024, maxMemoryUsedMB=150),
            Report(REQUEST, Decimal("220.12"), 221, 1024, 150),
        ),
        (
            event(durationMs=220.12, billedDurationMs=617, memorySizeMB=1024, maxMemoryUsedMB=150,
                  initDurationMs=395.9),
            Report(REQUEST, Decimal("220.12"), 617, 1024, 150, Decimal("395.9")),
        ),
        (
            event(durationMs=147.156, billedDurationMs=201, memorySizeMB=512, maxMemoryUsedMB=91,
                  restoreDurationMs=500.795, billedRestoreDurationMs=53),
            Report(REQUEST, Decimal("147.156"), 201, 512, 91, Decimal("500.795")),
        ),
    ],
)  # fmt: skip
def test_reads_every_form(message, report):
    assert parse(message) == report


@pytest.mark.parametrize(
    "message",
    [
        f"START RequestId: {REQUEST} Version: $LATEST",
        f"END RequestId: {REQUEST}",
        "INIT_REPORT Init Duration: 10008.53 ms\tPhase: init\tStatus: timeout",
        WARM.replace("Billed Duration: 16 ms", ""),
        f"I quote: {WARM}",
        "platform.report",
        '"platform.report"',
        '{"type": "platform.start", "record": {}}',
        '{"type": "platform.report", "record": {"requestId": "x"}}',
        event(durationMs=1.0),
    ],
)
def test_takes_nothing_else_for_a_report(message):
    assert parse(message) is None


@pytest.fixture
def logs():
    client = boto3.client(
        "logs",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(retries={"total_max_attempts": 1}),
    )
    with Stubber(client) as stubber:
        yield client, stubber


def lines(*messages):
    return [{"message": message, "timestamp": 1767614430000} for message in messages]


def asked(**more):
    return {
        "logGroupName": "group",
        "filterPattern": '{ $.type = "platform.report" }',
        "startTime": 1767614430000,
        "endTime": 1767614560000,
        **more,
    }


def test_reads_page_by_page_and_each_request_once(logs, window):
    client, stubber = logs
    other = WARM.replace("8f", "9f")
    stubber.add_response(
        "filter_log_events", {"events": lines(WARM, "REPORT of mine"), "nextToken": "t"}, asked()
    )
    stubber.add_response("filter_log_events", {"events": [], "nextToken": "u"}, asked(nextToken="t"))
    stubber.add_response("filter_log_events", {"events": lines(WARM, other)}, asked(nextToken="u"))
    assert [each.request[:2] for each in reports(client, "group", window)] == ["8f", "9f"]


@pytest.mark.parametrize(
    ("code", "again", "says"),
    [
        ("AccessDeniedException", False, "needs logs:FilterLogEvents"),
        ("ResourceNotFoundException", False, "or was deleted"),
        ("ThrottlingException", True, "ThrottlingException: Rate exceeded"),
        ("ServiceUnavailableException", False, "ServiceUnavailableException"),
    ],
)
def test_a_page_that_fails_fails_all(logs, window, code, again, says):
    client, stubber = logs
    stubber.add_response("filter_log_events", {"events": lines(WARM), "nextToken": "t"}, asked())
    stubber.add_client_error("filter_log_events", code, "Rate exceeded")
    with pytest.raises(Unreported, match=says) as error:
        list(reports(client, "group", window))
    assert error.value.again is again


def test_no_answer_may_come_later(logs, window):
    def refuse(request, **_):
        raise EndpointConnectionError(endpoint_url=request.url)

    client, stubber = logs
    stubber.deactivate()
    client.meta.events.register("before-send.logs", refuse)
    with pytest.raises(Unreported, match="no answer") as error:
        list(reports(client, "group", window))
    assert error.value.again


def test_adds_up_a_function():
    made = [
        Report("a", Decimal("10.5"), 511, 1024, 80, Decimal(500)),
        Report("b", Decimal("20.25"), 21, 1024, 95),
        Report("c", Decimal("0.25"), 1, 2048, 60),
    ]
    added = figures("resize", made)
    assert (added.requests, added.duration_ms, added.billed_ms) == (3, Decimal("31.00"), 533)
    assert (added.memory_mb, added.max_memory_mb, added.cold, added.init_ms) == (2048, 95, 1, 500)
    unknown = figures("resize", [replace(each, max_memory_mb=0) for each in made], emulated=True)
    assert (unknown.max_memory_mb, unknown.cold, unknown.init_ms) == (None, None, None)
    assert billed_gb_seconds(made) == Decimal("0.511") + Decimal("0.021") + Decimal("0.002")

"""Events that are built anew from an upload, and uploads read from messages."""

import json
from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber

from core.job import Source
from core.ports import Upload
from handlers.aws import intake
from handlers.aws.intake import S3Intake, event, upload_in

EVENTS = json.loads((Path(__file__).parents[3] / "events/s3_object_created.json").read_text())


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_that_is_built_anew_says_what_the_store_s_own_said(name):
    found = upload_in(json.dumps(EVENTS[name]))
    detail, anew = EVENTS[name]["detail"], event(found)["detail"]

    assert anew["bucket"] == detail["bucket"]
    assert anew["object"] == {each: detail["object"][each] for each in ("key", "etag", "size")}
    assert event(found)["time"] == EVENTS[name]["time"]


@pytest.mark.parametrize("message", ["hello", "[]", "{}", '{"detail": {"bucket": {}, "object": 3}}'])
def test_anything_else_is_no_upload(message):
    assert upload_in(message) is None


FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:workflow"
EXECUTION = f"{FUNCTION}:7/durable-execution/some/one"


@pytest.fixture
def stubbed(monkeypatch):
    """Lambda's client, which answers what it is told to, and an intake before a durable function."""
    made = boto3.client(
        "lambda", region_name="us-east-1", aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key="secret"
    )
    monkeypatch.setattr(intake, "client", lambda service: {"lambda": made}[service])
    with Stubber(made) as stub:
        yield stub, S3Intake("uploads", "incoming/", (".jpg",), f"{FUNCTION}:live")


def test_an_upload_is_delivered_to_a_durable_function_as_its_event(stubbed):
    stub, before_it = stubbed
    upload = Upload(Source("uploads", "incoming/a.jpg", "e", 7), "2026-01-01T00:00:00Z")
    told = {
        "FunctionName": f"{FUNCTION}:live",
        "InvocationType": "Event",
        "Payload": json.dumps(event(upload)),
    }
    stub.add_response("invoke", {"StatusCode": 202}, told)

    before_it.deliver(upload)

    stub.assert_no_pending_responses()


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED"])
def test_a_durable_execution_is_asked_for_by_its_name(stubbed, status):
    stub, before_it = stubbed
    begun = {"DurableExecutionArn": EXECUTION, "DurableExecutionName": "one", "FunctionArn": FUNCTION}
    answer = {**begun, "StartTimestamp": 0, "Status": status}
    stub.add_response("get_durable_execution", answer, {"DurableExecutionArn": EXECUTION})

    assert before_it.running(EXECUTION) == (status == "RUNNING")


def test_a_durable_execution_that_is_gone_or_another_function_s_does_not_run(stubbed):
    stub, before_it = stubbed
    stub.add_client_error("get_durable_execution", "ResourceNotFoundException", http_status_code=404)

    assert not before_it.running(EXECUTION)
    assert not before_it.running(EXECUTION.replace(":workflow:", ":workflow-of-before:"))

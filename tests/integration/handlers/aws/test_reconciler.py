"""The scheduled reconciler's function, on MiniStack."""

import json
import uuid

import boto3
import pytest

from core.deployment import variables
from core.job import Job, Source
from core.trace import now
from handlers.aws import reconciler
from handlers.aws.intake import upload_in
from handlers.aws.ledger import DynamoLedger

LONG_AGO = "2026-01-01T00:00:00.000Z"


class Call:
    """A call with so much time left."""

    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:reconciler:live"

    def __init__(self, milliseconds=900_000):
        self._milliseconds = milliseconds

    def get_remaining_time_in_millis(self):
        return self._milliseconds


@pytest.fixture
def stack(ledger_table, monkeypatch):
    """A ledger, a bucket, a machine that does nothing, and a queue that hears of errors."""
    name = ledger_table
    boto3.client("s3").create_bucket(Bucket=name)
    definition = {"StartAt": "end", "States": {"end": {"Type": "Succeed"}}}
    machine = boto3.client("stepfunctions").create_state_machine(
        name=name, definition=json.dumps(definition), roleArn="arn:aws:iam::000000000000:role/r"
    )["stateMachineArn"]
    topic = boto3.client("sns").create_topic(Name=name)["TopicArn"]
    queue = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    arn = boto3.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    boto3.client("sns").subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=arn["Attributes"]["QueueArn"],
        Attributes={"RawMessageDelivery": "true"},
    )
    for variable, value in {
        variables.INPUT_CONTAINER: name,
        variables.RECIPE: "gallery",
        variables.LEDGER_TABLE: name,
        variables.STATE_MACHINE: machine,
        variables.SUCCESS_TOPIC: "arn:aws:sns:us-east-1:000000000000:success",
        variables.ERROR_TOPIC: topic,
        variables.INPUT_PREFIX: "incoming/",
        variables.SUFFIXES: ".jpg,.png",
        variables.PATIENCE_SECONDS: "0",
    }.items():
        monkeypatch.setenv(variable, value)
    return name, machine, queue


def claimed(table, key, uploaded_at):
    source = Source(table, key, "e1", 5)
    job = Job(uuid.uuid4().hex, "gallery", source, "gone", uploaded_at, uploaded_at)
    row = {"id": job.id, "state": "claimed", "execution": "gone", "open": job.id[0]}
    row |= {"claimed_at": LONG_AGO, "updated_at": LONG_AGO, "document": json.dumps(job.to_document())}
    item = {name: {"S": value} for name, value in row.items()}
    boto3.client("dynamodb").put_item(TableName=table, Item=item)
    return job.id


def started(machine):
    states = boto3.client("stepfunctions")
    executions = states.list_executions(stateMachineArn=machine)["executions"]
    told = [states.describe_execution(executionArn=each["executionArn"]) for each in executions]
    return [upload_in(each["input"]).source.key for each in told]


def test_a_job_that_stands_still_is_sent_again(stack):
    table, machine, _ = stack
    job = claimed(table, "incoming/a.jpg", now())
    assert reconciler.handler({"find": "stuck"}, Call()) == {"stuck: redriven": 1}
    assert started(machine) == ["incoming/a.jpg"]
    assert DynamoLedger(table).get(job).state == "released"


def test_a_job_that_was_sent_again_for_hours_is_ended_and_announced(stack):
    table, machine, queue = stack
    job = claimed(table, "incoming/a.jpg", LONG_AGO)
    done, notified = reconciler.handler({"find": "stuck"}, Call())
    assert done.startswith("stuck: failed")
    assert notified == "unsent: notified"
    assert DynamoLedger(table).get(job).state == "failed"
    assert not started(machine)
    [message] = boto3.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
    told = json.loads(message["Body"])
    assert (told["id"], told["state"], told["error"]["name"]) == (job, "failed", "JobLost")
    assert not reconciler.handler({"find": "stuck"}, Call())


def test_an_upload_that_no_job_knows_of_is_delivered(stack):
    bucket, machine, _ = stack
    for key in ("incoming/lost.PNG", "incoming/notes.txt", "elsewhere/a.jpg"):
        boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=b"photo")
    assert reconciler.handler({"find": "unclaimed"}, Call()) == {"unclaimed: redriven": 1}
    assert started(machine) == ["incoming/lost.PNG"]


def test_a_look_that_runs_out_of_time_is_continued_by_another_call(stack, monkeypatch):
    table, machine, _ = stack
    for name in ("a", "b", "c"):
        boto3.client("s3").put_object(Bucket=table, Key=f"incoming/{name}.jpg", Body=b"photo")
    calls = []
    service = type("Lambda", (), {"invoke": lambda self, **call: calls.append(call)})()
    monkeypatch.setattr(reconciler, "client", lambda _: service)

    reconciler.handler({"find": "unclaimed"}, Call(milliseconds=1000))

    assert started(machine) == ["incoming/a.jpg"]
    [call] = calls
    assert (call["FunctionName"], call["InvocationType"]) == (Call.invoked_function_arn, "Event")
    reconciler.handler(json.loads(call["Payload"]), Call())
    assert sorted(started(machine)) == ["incoming/a.jpg", "incoming/b.jpg", "incoming/c.jpg"]
    assert len(calls) == 1

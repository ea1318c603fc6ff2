"""The way back into the workflow, on MiniStack."""

import json
import time
import uuid

import boto3
import pytest

from core.job import Source
from core.ports import Upload
from handlers.aws.dead_letters import SqsDeadLetters
from handlers.aws.intake import S3Intake, event, upload_in

UPLOAD = Upload(Source("photos", "incoming/a b+c.jpg", "e1", 7), "2026-01-01T00:00:00Z")


def unique(name):
    return f"{name}-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def queue(aws):
    return boto3.client("sqs").create_queue(QueueName=unique("dead"))["QueueUrl"]


def test_uploads_are_those_that_start_a_job(aws):
    bucket = unique("photos")
    store = boto3.client("s3")
    store.create_bucket(Bucket=bucket)
    for key in ("incoming/a b.JPG", "incoming/notes.txt", "elsewhere/c.jpg"):
        store.put_object(Bucket=bucket, Key=key, Body=b"photo")

    [found] = S3Intake(bucket, "incoming/", (".jpg",), "machine").uploads()

    etag = store.head_object(Bucket=bucket, Key="incoming/a b.JPG")["ETag"].strip('"')
    assert found.source == Source(bucket, "incoming/a b.JPG", etag, 5)


def test_a_delivery_starts_an_execution_on_the_event(aws):
    states = boto3.client("stepfunctions")
    definition = {"StartAt": "end", "States": {"end": {"Type": "Succeed"}}}
    machine = states.create_state_machine(
        name=unique("machine"), definition=json.dumps(definition), roleArn="arn:aws:iam::000000000000:role/r"
    )["stateMachineArn"]

    S3Intake("photos", "", (), machine).deliver(UPLOAD)

    [execution] = states.list_executions(stateMachineArn=machine)["executions"]
    told = states.describe_execution(executionArn=execution["executionArn"])
    assert upload_in(told["input"]) == UPLOAD


def test_an_execution_runs_until_it_has_ended(aws):
    states = boto3.client("stepfunctions")
    definition = {"StartAt": "end", "States": {"end": {"Type": "Succeed"}}}
    activity = states.create_activity(name=unique("activity"))["activityArn"]
    waiting = {"StartAt": "wait", "States": {"wait": {"Type": "Task", "Resource": activity, "End": True}}}
    ended, runs = (
        states.start_execution(
            stateMachineArn=states.create_state_machine(
                name=unique("machine"),
                definition=json.dumps(each),
                roleArn="arn:aws:iam::000000000000:role/r",
            )["stateMachineArn"]
        )["executionArn"]
        for each in (definition, waiting)
    )
    deadline = time.monotonic() + 60
    while states.describe_execution(executionArn=ended)["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    intake = S3Intake("photos", "", (), "machine")

    assert intake.running(runs)
    assert not intake.running(ended)
    assert not intake.running(runs.replace(":execution:", ":express:"))
    assert not intake.running(runs.replace("machine-", "deleted-"))
    states.stop_execution(executionArn=runs)


def test_all_letters_are_taken_once_and_put_back(queue):
    texts = {json.dumps(event(Upload(Source("b", f"{number}.jpg", "e", 1), "t"))) for number in range(12)}
    for text in (*texts, "hello"):
        boto3.client("sqs").send_message(QueueUrl=queue, MessageBody=text)
    place = SqsDeadLetters(queue)

    letters = list(place.take())

    assert len(letters) == 13
    assert sorted(len(letter.uploads) for letter in letters) == [0] + [1] * 12
    assert not list(place.take())
    place.put_back(letters[0])
    assert [letter.text for letter in place.take()] == [letters[0].text]


def test_a_removed_letter_is_gone(queue):
    boto3.client("sqs").send_message(QueueUrl=queue, MessageBody="hello")
    place = SqsDeadLetters(queue)
    [letter] = place.take()
    place.put_back(letter)
    [letter] = place.take()

    place.remove(letter)

    counted = boto3.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert counted["ApproximateNumberOfMessages"] == counted["ApproximateNumberOfMessagesNotVisible"] == "0"

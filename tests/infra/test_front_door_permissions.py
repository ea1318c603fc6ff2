"""The front door's role as the program grants it, enforced: just enough for its work."""

import json
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import pytest
import requests

from core.job import Artifact, Job, Source, job_id

INPUT, OUTPUT = "twinlens-input", "twinlens-output"
PHOTO = b"not read here"
NOW = "2026-01-01T00:00:00Z"
UNSEEN = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}


class Client:
    """A client of the API, whose function is called as the gateway does."""

    def __init__(self, function):
        self.function = function

    def ask(self):
        body = json.dumps({"name": "a.jpg", "bytes": len(PHOTO), "type": "image/jpeg"})
        return self._call("POST", "/uploads", body=body)

    def job(self, upload):
        return self._call("GET", f"/jobs/{upload['id']}", {"twinlens-handle": upload["handle"]})

    def _call(self, method, path, headers=(), body=""):
        http = {"requestContext": {"http": {"method": method}}, "rawPath": path}
        return self.function({**http, "headers": dict(headers), "body": body})


def send(upload):
    told = upload["upload"]
    sent = requests.request(told["method"], told["url"], data=PHOTO, headers=told["headers"], timeout=60)
    return sent.status_code


@pytest.fixture(scope="module")
def cloud(enforced, run):
    """The places where it works, and a client. Without a CDN it also signs the addresses of results."""
    graph = run({"cloud": "aws", "frontDoor": True, "cdn": False})
    for table in ("twinlens-ledger", "twinlens-door-tickets"):
        enforced.table(graph, table)
    for bucket in (INPUT, OUTPUT):
        enforced.client("s3").create_bucket(Bucket=bucket)
    return enforced, enforced.machine(graph, {"end": {"Type": "Succeed"}}), graph


@pytest.fixture(scope="module")
def client(cloud):
    enforced, _, graph = cloud
    return Client(enforced.function(graph, "twinlens-door"))


@pytest.fixture(scope="module")
def record(cloud):
    """Have the ledger hold the job of an upload in a state, with a result."""
    enforced, machine, _ = cloud
    execution = enforced.client("stepfunctions").start_execution(stateMachineArn=machine)["executionArn"]

    def write(upload, state):
        key = unquote(urlsplit(upload["upload"]["url"]).path).removeprefix(f"/{INPUT}/")
        etag = enforced.client("s3").head_object(Bucket=INPUT, Key=key)["ETag"].strip('"')
        source = Source(INPUT, key, etag, len(PHOTO))
        job = Job(job_id(INPUT, key, etag, "gallery"), "gallery", source, execution, NOW, NOW)
        result = Artifact("a.jpg", f"{job.output_prefix}a.jpg", "image/jpeg", 1, 1, len(PHOTO))
        enforced.client("s3").put_object(Bucket=OUTPUT, Key=result.key, Body=PHOTO)
        document = json.dumps(replace(job, artifacts=(result,)).to_document())
        item = {
            name: {"S": value} for name, value in (("id", job.id), ("state", state), ("document", document))
        }
        enforced.client("dynamodb").put_item(TableName="twinlens-ledger", Item=item)

    return write


def asked(client):
    answer = client.ask()
    assert answer.get("statusCode") == 201, answer
    return json.loads(answer["body"])


@pytest.fixture
def sent(client):
    """An upload that was sent, and that the front door has not seen yet."""
    upload = asked(client)
    assert send(upload) == 200
    return upload


def test_it_takes_a_photo_and_tells_of_its_job(client, sent, record):
    assert told(client, sent)["state"] == "received"
    record(sent, "claimed")
    assert told(client, sent)["state"] == "claimed"
    record(sent, "succeeded")
    [result] = told(client, sent)["results"]
    assert requests.get(result["url"], timeout=60).content == PHOTO


def told(client, upload):
    return json.loads(client.job(upload)["body"])


def test_it_needs_each_action(client, sent, record):
    without = client.function.without
    with without("dynamodb:PutItem"):
        assert client.ask()["errorType"] == "StoreError"
    with without("dynamodb:GetItem"):
        assert client.job(sent)["errorType"] == "StoreError"
    with without("dynamodb:UpdateItem"):
        assert client.job(sent)["errorType"] == "StoreError"
    with without("s3:GetObject"):
        assert told(client, sent)["state"] == "awaiting_upload", "it does not see what was sent"
    with without("s3:PutObject"):
        assert send(asked(client)) == 403
    record(sent, "claimed")
    with without("states:GetExecutionHistory"):
        assert client.job(sent)["errorType"] == "StoreError"
    assert client.function.actions() - UNSEEN == {
        *(f"dynamodb:{each}Item" for each in ("Get", "Put", "Update")),
        *("s3:GetObject", "s3:PutObject", "states:GetExecutionHistory"),
    }

"""What the DynamoDB ledger asks for, without a table."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from botocore.awsrequest import AWSResponse, HeadersDict

from core.job import Job, Source
from core.ledger import LedgerRow
from handlers.aws import clients
from handlers.aws.ledger import DynamoLedger

JOB = Job(
    "1" + "0" * 31, "gallery", Source("photos", "a.jpg", "e", 1), "first", "then", "then", state="failed"
)
ROW = LedgerRow(JOB.id, "claimed", "then", "then", JOB.to_document())


class Raw:
    def __init__(self, content):
        self._content = content

    def stream(self):
        yield self._content


@pytest.fixture
def asked(monkeypatch):
    """The requests that were made, each as operation and arguments; the service answers with nothing."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    clients.client.cache_clear()
    made = []

    def answer(request, **_):
        operation = request.headers["X-Amz-Target"].decode().partition(".")[2]
        made.append((operation, json.loads(request.body)))
        body = {"Items": []} if operation in ("Query", "Scan") else {}
        return AWSResponse(request.url, 200, HeadersDict(), Raw(json.dumps(body).encode()))

    clients.client("dynamodb").meta.events.register("before-send", answer)
    yield made
    clients.client.cache_clear()


def test_a_row_is_read_as_it_was_last_written(asked):
    assert DynamoLedger("ledger").get("job") is None

    key = {"id": {"S": "job"}}
    assert asked == [("GetItem", {"TableName": "ledger", "Key": key, "ConsistentRead": True})]


def test_open_jobs_are_asked_for_in_every_shard_of_their_index(asked):
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert not list(DynamoLedger("ledger").open_before(moment))

    assert [arguments["ExpressionAttributeValues"] for _, arguments in asked] == [
        {":shard": {"S": shard}, ":moment": {"S": "2026-01-01T00:00:00.000Z"}} for shard in "0123456789abcdef"
    ]
    for operation, arguments in asked:
        assert (operation, arguments["IndexName"]) == ("Query", "open")
        assert arguments["KeyConditionExpression"] == "#open = :shard AND #updated_at < :moment"
        assert arguments["ExpressionAttributeNames"] == {"#open": "open", "#updated_at": "updated_at"}


@pytest.mark.parametrize(("state", "open_jobs"), [("claimed", 16), ("released", 16), ("failed", 0)])
def test_the_row_and_not_the_index_says_whether_a_job_is_open(asked, monkeypatch, state, open_jobs):
    """The index may lag behind: a job in it may have ended."""
    ledger = DynamoLedger("ledger")
    found = {"Items": [{"id": {"S": JOB.id}}]}
    monkeypatch.setattr(
        clients.client("dynamodb"), "get_paginator", lambda _: SimpleNamespace(paginate=lambda **_: [found])
    )
    monkeypatch.setattr(ledger, "get", lambda job_id: replace(ROW, id=job_id, state=state))

    assert len(list(ledger.open_before(datetime(2026, 1, 1, tzinfo=UTC)))) == open_jobs


@pytest.mark.parametrize(
    ("change", "state", "update"),
    [
        (lambda ledger: ledger.release(ROW), "released", "SET {} #open = :open"),
        (lambda ledger: ledger.end(ROW, JOB), "failed", "SET {} #document = :document, #unsent = :unsent"),
    ],
    ids=["release", "end"],
)
def test_a_row_is_changed_only_if_it_is_as_it_was_read(asked, change, state, update):
    assert change(DynamoLedger("ledger"))

    [(operation, arguments)] = asked
    assert operation == "UpdateItem"
    assert arguments["ConditionExpression"] == "#state = :state AND #updated_at = :updated_at"
    values = arguments["ExpressionAttributeValues"]
    assert (values[":state"], values[":updated_at"]) == ({"S": "claimed"}, {"S": "then"})
    assert values.get(":open", {"S": "1"}) == {"S": "1"}
    assert values.get(":unsent", {"BOOL": True}) == {"BOOL": True}
    assert values[":new"] == {"S": state}
    assert arguments["UpdateExpression"] == update.format("#state = :new, #updated_at = :now,")


def test_a_row_whose_notification_was_sent_leaves_the_index(asked):
    assert DynamoLedger("ledger").sent(ROW)

    [(_, arguments)] = asked
    assert arguments["UpdateExpression"] == "SET #updated_at = :now REMOVE #unsent, #open"
    assert arguments["ConditionExpression"] == "#state = :state AND #updated_at = :updated_at"


def test_a_row_that_somebody_else_wrote_is_read_with_nothing_in_it(asked, monkeypatch):
    ledger = DynamoLedger("ledger")
    item = {"id": {"S": "1"}, "document": {"S": "[1"}, "state": {"N": "1"}}
    monkeypatch.setattr(clients.client("dynamodb"), "get_item", lambda **_: {"Item": item})

    assert ledger.get("1") == LedgerRow("1", "", "", "", {})


def test_expired_rows_are_left_to_dynamodb(asked):
    assert DynamoLedger("ledger").expire(datetime(2100, 1, 1, tzinfo=UTC), 10) == 0
    assert not asked

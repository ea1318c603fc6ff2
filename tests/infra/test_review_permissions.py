"""The roles of whatever asks a person and of the page, enforced: just enough for their work."""

import io
import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from PIL import Image

from core.job import Job, Review, Source
from core.ledger import AWAITING
from core.review.decisions import digest

SECRET = "s" * 43
BUCKET, KEY = "twinlens-input", "incoming/a.jpg"
UNSEEN = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}


@pytest.fixture(scope="module")
def graph(run):
    return run({"cloud": "aws", "review": "always"})


@pytest.fixture(scope="module")
def cloud(enforced, graph):
    """A ledger, a topic and a photo."""
    enforced.table(graph, "twinlens-ledger")
    enforced.client("sns").create_topic(Name="twinlens-review")
    enforced.client("s3").create_bucket(Bucket=BUCKET)
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(file, "JPEG")
    enforced.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=file.getvalue())
    return enforced


@pytest.fixture(scope="module")
def asking(cloud, graph):
    return cloud.function(graph, "twinlens-ask")


@pytest.fixture(scope="module")
def page(cloud, graph):
    return cloud.function(graph, "twinlens-review")


@pytest.fixture
def job(cloud):
    """A job that waits for a person."""
    etag = cloud.client("s3").head_object(Bucket=BUCKET, Key=KEY)["ETag"].strip('"')
    execution = "arn:aws:states:us-east-1:000000000000:execution:twinlens-workflow:any"
    claimed = Job("0" * 32, "gallery", Source(BUCKET, KEY, etag, 1), execution, "2026-01-01T00:00:00Z", "")
    waiting = replace(claimed, state=AWAITING, review=Review("2026-01-01T00:00:00Z", "2100-01-01T00:00:00Z"))
    row = {
        "id": waiting.id,
        "state": waiting.state,
        "execution": execution,
        "token": "token",
        "link_hash": digest(SECRET),
        "document": json.dumps(waiting.to_document()),
    }
    item = {name: {"S": value} for name, value in row.items()}
    cloud.client("dynamodb").put_item(TableName="twinlens-ledger", Item=item)
    return claimed


def ask(function, job):
    return function({"job": job.to_document(), "seconds": 60, "attempt": 1})


def show(function, job):
    query = urlencode({"job": job.id, "key": SECRET})
    return function({"requestContext": {"http": {"method": "GET"}}, "rawQueryString": query})


def decide(function, job):
    form = urlencode({"job": job.id, "key": SECRET, "decision": "approved"})
    return function({"requestContext": {"http": {"method": "POST"}}, "body": form})


def test_the_page_shows_the_photo_and_takes_a_decision(page, job):
    assert "data:image/jpeg" in show(page, job)["body"]
    assert decide(page, job)["statusCode"] == 200


def test_whatever_asks_needs_each_action(asking, job):
    assert ask(asking, job)["state"] == AWAITING
    assert asking.actions() - UNSEEN == {"dynamodb:UpdateItem", "sns:Publish"}
    for action in sorted(asking.actions() - UNSEEN):
        with asking.without(action):
            assert ask(asking, job)["errorType"] == "StoreError", action


def test_the_page_needs_each_action(page, job):
    needed = {"dynamodb:GetItem", "dynamodb:UpdateItem", "s3:GetObject", "states:SendTaskSuccess"}
    assert page.actions() - UNSEEN == needed
    with page.without("dynamodb:GetItem"):
        assert show(page, job)["statusCode"] == 503
    with page.without("s3:GetObject"):
        assert "can't be shown: AWS denies" in show(page, job)["body"]
    with page.without("dynamodb:UpdateItem"):
        assert decide(page, job)["statusCode"] == 503
    with page.without("states:SendTaskSuccess"):
        assert decide(page, job)["statusCode"] == 202, "it is decided, but its workflow is not told"

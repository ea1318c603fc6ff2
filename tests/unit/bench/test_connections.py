"""A connection to each cloud, with the answers of its SDK in place of the cloud."""

import platform
from io import BytesIO

import pytest
from azure.core.exceptions import ServiceRequestError
from azure.storage.blob import BlobClient
from botocore.stub import Stubber

from bench.connections import CONNECTIONS, connect
from core.errors import SetupError, StoreUnavailable
from handlers.aws import clients as aws_clients
from handlers.azure import clients as azure_clients

platform.processor()  # the SDKs ask for it once, which starts a process

AWS = {
    "cloud": "aws",
    "region": "eu-west-1",
    "ledger": "jobs",
    "inputContainer": "photos",
    "outputContainer": "results",
    "inputPrefix": "incoming/",
    "workflow": "arn:aws:states:eu-west-1:123456789012:stateMachine:photos",
    "successTopic": "arn:aws:sns:eu-west-1:123456789012:successes",
    "errorTopic": "arn:aws:sns:eu-west-1:123456789012:errors",
    "deadLetters": "https://sqs.eu-west-1.amazonaws.com/123456789012/dead",
    "setAside": ["https://sqs.eu-west-1.amazonaws.com/123456789012/untold"],
}
AZURE = {
    "cloud": "azure",
    "ledger": "jobs",
    "inputContainer": "photos",
    "outputContainer": "results",
    "inputPrefix": "incoming/",
    "successTopic": "successes",
    "errorTopic": "errors",
    "deadLetters": "uploads-poison",
    "storeEndpoint": "https://photos.blob.core.windows.net/",
    "queueEndpoint": "https://photos.queue.core.windows.net/",
    "ledgerEndpoint": "https://photos.table.core.windows.net/",
    "undelivered": "https://photos.blob.core.windows.net/undelivered",
}


@pytest.fixture
def s3(monkeypatch):
    """The answers of S3, to the client of the stack's own region."""
    for name, value in (("AWS_DEFAULT_REGION", "us-east-1"), ("AWS_ACCESS_KEY_ID", "k")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    monkeypatch.delenv("AWS_REGION", raising=False)
    aws_clients.client.cache_clear()
    aws_clients._session.cache_clear()
    cloud = connect(AWS)
    client = aws_clients.client("s3")
    assert client.meta.region_name == "eu-west-1"
    with Stubber(client) as stub:
        yield cloud, stub
    aws_clients.client.cache_clear()
    aws_clients._session.cache_clear()


def test_an_upload_to_aws_is_an_object_with_its_type(s3):
    cloud, stub = s3
    asked = {"Bucket": "photos", "Key": "incoming/a.png", "Body": b"photo", "ContentType": "image/png"}
    stub.add_response("put_object", {"ETag": '"e1"'}, asked)
    assert cloud.upload("incoming/a.png", b"photo") == "e1"
    stub.assert_no_pending_responses()


def test_an_output_on_aws_is_read_from_the_container_of_outputs(s3):
    cloud, stub = s3
    answer = {"Body": BytesIO(b"out"), "ContentLength": 3}
    stub.add_response("get_object", answer, {"Bucket": "results", "Key": "jobs/1/a.jpg"})
    assert cloud.outputs.get("jobs/1/a.jpg", max_bytes=10) == b"out"


def test_a_cloud_that_is_busy_is_said_to_be(s3):
    cloud, stub = s3
    stub.add_client_error("put_object", "SlowDown", http_status_code=503)
    with pytest.raises(StoreUnavailable):
        cloud.upload("incoming/a.bin", b"photo")


@pytest.fixture
def azure(monkeypatch):
    monkeypatch.setenv(azure_clients.KEY, "a2V5")
    return connect(AZURE)


def test_an_upload_to_azure_is_a_blob_with_its_type(azure, monkeypatch):
    sent = []

    def upload_blob(self, data, *, overwrite, content_settings):
        sent.append((self.container_name, self.blob_name, data, overwrite, content_settings.content_type))
        return {"etag": '"0x1"'}

    monkeypatch.setattr(BlobClient, "upload_blob", upload_blob)
    assert azure.upload("incoming/a", b"photo") == "0x1"
    assert sent == [("photos", "incoming/a", b"photo", True, "application/octet-stream")]


def test_azure_that_does_not_answer_is_unavailable(azure, monkeypatch):
    def upload_blob(self, *_, **__):
        raise ServiceRequestError("no route")

    monkeypatch.setattr(BlobClient, "upload_blob", upload_blob)
    with pytest.raises(StoreUnavailable):
        azure.upload("incoming/a.jpg", b"photo")


def test_every_queue_of_aws_is_redriven():
    assert [each._url for each in connect(AWS).dead_letters] == [AWS["deadLetters"], *AWS["setAside"]]


def test_uploads_and_their_poison_messages_have_the_queues_of_the_functions_host(azure):
    poison, undelivered = azure.dead_letters
    assert poison._queue.queue_name == "uploads-poison"
    assert azure.intake._queue.queue_name == "uploads"
    assert undelivered._container.container_name == "undelivered"


@pytest.mark.parametrize("outputs", [AWS, AZURE], ids=["aws", "azure"])
def test_an_output_that_is_missing_is_named(outputs, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv(azure_clients.KEY, "a2V5")
    less = {name: value for name, value in outputs.items() if name != "deadLetters"}
    with pytest.raises(SetupError, match="has no output 'deadLetters'"):
        connect(less)


def test_a_cloud_that_nobody_knows_is_refused_by_name():
    assert set(CONNECTIONS) == {"aws", "azure"}
    with pytest.raises(SetupError, match="runs on 'gcp'; Twinlens supports aws, azure"):
        connect({**AWS, "cloud": "gcp"})

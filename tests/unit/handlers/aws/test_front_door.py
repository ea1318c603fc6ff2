import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from handlers.aws import front_door

KEY = "incoming/door/" + "0" * 64 + "/7.jpg"


def event(**changed):
    """An event of an HTTP API: the API Gateway developer guide, payload format version 2.0."""
    context = {"http": {"method": "POST", "path": "/uploads", "sourceIp": "203.0.113.1"}, "stage": "$default"}
    told = {"version": "2.0", "routeKey": "POST /uploads", "rawPath": "/uploads", "rawQueryString": ""}
    return {**told, "headers": {"content-type": "application/json"}, "requestContext": context, **changed}


def test_an_event_becomes_a_request():
    asked = front_door.request_in(event(body="{}", queryStringParameters={"wait": "5"}))

    assert (asked.method, asked.path, asked.body, asked.query) == ("POST", "/uploads", b"{}", {"wait": "5"})
    assert asked.user == ""


def test_a_body_that_is_not_text_comes_in_base64():
    asked = front_door.request_in(event(body=base64.b64encode(b"\xff").decode(), isBase64Encoded=True))

    assert asked.body == b"\xff"
    assert front_door.request_in(event()).body == b""


def test_the_gateway_names_the_user():
    context = event()["requestContext"] | {
        "authorizer": {"jwt": {"claims": {"iss": "https://i", "sub": "s"}}}
    }

    assert front_door.request_in(event(requestContext=context)).user == "https://i\ns"


@pytest.fixture
def signer(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "key")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    front_door._signing.cache_clear()
    yield front_door.S3Signer("uploads", "outputs", "")
    front_door._signing.cache_clear()


@pytest.mark.parametrize("sha256", [None, "ab" * 32])
def test_size_type_and_that_there_is_none_yet_are_signed(signer, sha256):
    signed = signer.upload(KEY, 7, "image/jpeg", sha256, datetime.now(UTC) + timedelta(minutes=15))

    parts = urlsplit(signed.url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    bound = {"content-length", "content-type", "host", "if-none-match"}
    assert (parts.scheme, parts.path) == ("https", f"/{KEY}")
    assert 890 < int(query["X-Amz-Expires"]) <= 900
    assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert signed.headers["Content-Type"] == "image/jpeg"
    assert signed.headers["If-None-Match"] == "*"
    if sha256:
        bound |= {"x-amz-checksum-sha256"}
        assert base64.b64decode(signed.headers["x-amz-checksum-sha256"]).hex() == sha256
    assert set(query["X-Amz-SignedHeaders"].split(";")) == bound
    assert {name.lower() for name in signed.headers} == bound - {"content-length", "host"}
    assert "Signature" not in repr(signed)


def test_a_result_is_public_or_signed_for_an_hour(signer):
    assert parse_qs(urlsplit(signer.result("jobs/a/b.jpg")).query)["X-Amz-Expires"] == ["3600"]
    public = front_door.S3Signer("uploads", "outputs", "https://photos.example.com")
    assert public.result("jobs/a/b.jpg") == "https://photos.example.com/jobs/a/b.jpg"

"""The S3 adapter keeps the object store's promises."""

import gzip
import uuid

import boto3
import pytest

from core.errors import ObjectMissing, StoreError, StoreUnavailable, Superseded, TooManyBytes
from core.job import Source
from core.ports import CACHE_CONTROL, Upload
from core.trace import now
from handlers.aws import clients
from handlers.aws.stores import S3Store

KEY = "incoming/Zürich + 100%25 #1.jpg"


@pytest.fixture
def bucket(aws):
    name = f"photos-{uuid.uuid4().hex[:12]}"
    boto3.client("s3").create_bucket(Bucket=name)
    return name


def test_what_was_put_is_got_with_its_type_and_cache_header(bucket):
    store = S3Store(bucket)

    store.put(KEY, b"old", "image/png")
    store.put(KEY, b"bytes", "image/jpeg")

    assert store.get(KEY, max_bytes=5) == b"bytes"
    head = boto3.client("s3").head_object(Bucket=bucket, Key=KEY)
    assert (head["ContentType"], head["CacheControl"]) == ("image/jpeg", CACHE_CONTROL)


def test_an_empty_object_is_got(bucket):
    S3Store(bucket).put(KEY, b"", "image/jpeg")

    assert S3Store(bucket).get(KEY, max_bytes=5) == b""


def test_an_object_that_is_too_large_is_refused(bucket):
    S3Store(bucket).put(KEY, b"123456", "image/jpeg")

    with pytest.raises(TooManyBytes, match="6 bytes; at most 5"):
        S3Store(bucket).get(KEY, max_bytes=5)


def test_an_upload_is_read_until_other_bytes_are_written_under_its_key(bucket):
    store = S3Store(bucket)
    store.put(KEY, b"first", "image/jpeg")
    etag = boto3.client("s3").head_object(Bucket=bucket, Key=KEY)["ETag"].strip('"')
    first = Upload(Source(bucket, KEY, etag, 5), now())

    assert store.get(KEY, 9, first) == b"first"
    store.put(KEY, b"other", "image/jpeg")
    with pytest.raises(Superseded):
        store.get(KEY, 9, first)
    store.put(KEY, b"first", "image/jpeg")
    assert store.get(KEY, 9, first) == b"first"


@pytest.mark.parametrize("stored", [gzip.compress(b"photo"), b"photo"], ids=["encoded", "wrongly marked"])
def test_a_content_encoding_is_not_decoded(bucket, stored):
    boto3.client("s3").put_object(Bucket=bucket, Key=KEY, Body=stored, ContentEncoding="gzip")

    assert S3Store(bucket).get(KEY, 100) == stored


def test_a_missing_object_is_named(bucket):
    with pytest.raises(ObjectMissing, match=r"no object 'incoming/none\.jpg'"):
        S3Store(bucket).get("incoming/none.jpg", max_bytes=5)


def test_a_missing_bucket_is_no_missing_object(aws):
    with pytest.raises(StoreError, match="NoSuchBucket") as raised:
        S3Store("no-such-bucket-anywhere").get(KEY, max_bytes=5)
    assert not isinstance(raised.value, ObjectMissing)


def test_a_store_that_can_not_be_reached_is_unavailable(aws, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    clients.client.cache_clear()

    with pytest.raises(StoreUnavailable, match="connection"):
        S3Store("photos").put(KEY, b"bytes", "image/jpeg")
    clients.client.cache_clear()


def test_the_sdk_tries_only_once_more(aws):
    config = clients.client("s3").meta.config

    assert config.retries == {"mode": "standard", "total_max_attempts": 2}
    assert clients.client("s3") is clients.client("s3")

"""The Blob adapter keeps the object store's promises."""

import gzip
import uuid

import pytest
from azure.storage.blob import ContentSettings

from core.errors import ObjectMissing, StoreUnavailable, Superseded, TooManyBytes
from core.job import Source
from core.ports import CACHE_CONTROL, Upload
from core.trace import now
from handlers.azure import clients
from handlers.azure.stores import BlobStore

KEY = "incoming/Zürich + 100%25 #1?.jpg"


@pytest.fixture
def container(account):
    return clients.blobs(account.blob).create_container(f"photos-{uuid.uuid4().hex[:12]}")


@pytest.fixture
def store(account, container):
    return BlobStore(clients.blobs(account.blob), container.container_name)


def test_what_was_put_is_got_with_its_type_and_cache_header(store, container):
    store.put(KEY, b"old", "image/png")
    store.put(KEY, b"bytes", "image/jpeg")

    assert store.get(KEY, max_bytes=5) == b"bytes"
    [name] = container.list_blob_names()
    assert name == KEY
    settings = container.get_blob_client(KEY).get_blob_properties().content_settings
    assert (settings.content_type, settings.cache_control) == ("image/jpeg", CACHE_CONTROL)


def test_an_empty_blob_is_got(store):
    store.put(KEY, b"", "image/jpeg")

    assert store.get(KEY, max_bytes=5) == b""


def test_a_large_blob_is_got_whole(store):
    data = bytes(range(256)) * 150_000  # more than the SDK asks for at once

    store.put(KEY, data, "image/jpeg")

    assert store.get(KEY, max_bytes=len(data)) == data


def test_a_blob_that_is_too_large_is_refused(store):
    store.put(KEY, b"123456", "image/jpeg")

    with pytest.raises(TooManyBytes, match="6 bytes; at most 5"):
        store.get(KEY, max_bytes=5)


def upload_of(container):
    found = container.get_blob_client(KEY).get_blob_properties()
    return Upload(Source(container.container_name, KEY, found.etag.strip('"'), found.size), now())


def test_an_upload_is_read_until_its_blob_is_overwritten(store, container):
    store.put(KEY, b"first", "image/jpeg")
    first = upload_of(container)

    assert store.get(KEY, 9, first) == b"first"
    store.put(KEY, b"other", "image/jpeg")
    with pytest.raises(Superseded):
        store.get(KEY, 9, first)
    assert store.get(KEY, 9, upload_of(container)) == b"other"


def test_metadata_that_is_set_later_changes_no_upload(store, container):
    store.put(KEY, b"first", "image/jpeg")
    first = upload_of(container)

    container.get_blob_client(KEY).set_blob_metadata({"reviewed": "yes"})

    assert first.source.etag != upload_of(container).source.etag
    assert store.get(KEY, 9, first) == b"first"


@pytest.mark.parametrize("stored", [gzip.compress(b"photo"), b"photo"], ids=["encoded", "wrongly marked"])
def test_a_content_encoding_is_not_decoded(store, container, stored):
    container.upload_blob(KEY, stored, content_settings=ContentSettings(content_encoding="gzip"))

    assert store.get(KEY, 100) == stored


def test_a_missing_blob_is_named(store):
    with pytest.raises(ObjectMissing, match=r"no object 'incoming/none\.jpg'"):
        store.get("incoming/none.jpg", max_bytes=5)


def test_a_store_that_can_not_be_reached_is_unavailable(unreachable):
    with pytest.raises(StoreUnavailable, match="connection"):
        BlobStore(clients.blobs(unreachable), "photos").get(KEY, max_bytes=5)

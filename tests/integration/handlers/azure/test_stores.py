"""The Blob adapter keeps the object store's promises."""

import uuid

import pytest

from core.errors import ObjectMissing, StoreUnavailable, TooManyBytes
from core.ports import CACHE_CONTROL
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


def test_a_missing_blob_is_named(store):
    with pytest.raises(ObjectMissing, match=r"no object 'incoming/none\.jpg'"):
        store.get("incoming/none.jpg", max_bytes=5)


def test_a_store_that_can_not_be_reached_is_unavailable(unreachable):
    with pytest.raises(StoreUnavailable, match="connection"):
        BlobStore(clients.blobs(unreachable), "photos").get(KEY, max_bytes=5)

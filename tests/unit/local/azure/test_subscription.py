"""Subscriptions: which events match, and which requests are refused."""

from typing import Any

import pytest

from local.azure.errors import BadRequest
from local.azure.eventgrid.subscription import BLOB_CREATED, Subscription

DOCUMENT: dict[str, Any] = {
    "account": "acc",
    "subject_begins_with": "/blobServices/default/containers/in/blobs/incoming/",
    "subject_ends_with": [".jpg", ".png"],
    "event_types": [BLOB_CREATED],
    "queue_account": "acc",
    "queue": "uploads",
}


def subject(key: str) -> str:
    return f"/blobServices/default/containers/in/blobs/{key}"


@pytest.mark.parametrize("key", ["incoming/a.jpg", "incoming/a.JPG", "Incoming/x/y.png"])
def test_matches_without_regard_to_case(key: str) -> None:
    assert Subscription.of(DOCUMENT).matches("acc", subject(key))


@pytest.mark.parametrize("key", ["incoming/a.txt", "work/a.jpg", "incoming.jpg"])
def test_passes_over_other_subjects(key: str) -> None:
    assert not Subscription.of(DOCUMENT).matches("acc", subject(key))


def test_only_a_beginning_can_be_told_to_regard_case() -> None:
    subscription = Subscription.of(DOCUMENT | {"case_sensitive": True})
    assert subscription.matches("acc", subject("incoming/a.JPG"))
    assert not subscription.matches("acc", subject("Incoming/a.jpg"))


def test_passes_over_other_accounts() -> None:
    assert not Subscription.of(DOCUMENT).matches("other", subject("incoming/a.jpg"))


def test_no_filter_means_every_blob() -> None:
    subscription = Subscription.of({"account": "acc", "queue_account": "acc", "queue": "q"})
    assert subscription.matches("acc", subject("anything"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"colour": "red"}, "colour"),
        ({"subject_ends_with": ".jpg"}, "must be a list"),
        ({"event_types": ["Microsoft.Storage.BlobDeleted"]}, "BlobDeleted"),
    ],
)
def test_refuses_what_it_does_not_know(change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        Subscription.of(DOCUMENT | change)


def test_names_a_field_that_is_missing() -> None:
    with pytest.raises(BadRequest, match="queue_account"):
        Subscription.of({"account": "acc", "queue": "q"})

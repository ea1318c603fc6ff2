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


def event(key: str, event_type: str = BLOB_CREATED) -> dict[str, Any]:
    return {"subject": f"/blobServices/default/containers/in/blobs/{key}", "eventType": event_type}


@pytest.mark.parametrize("key", ["incoming/a.jpg", "incoming/a.JPG", "Incoming/x/y.png"])
def test_matches_without_regard_to_case(key: str) -> None:
    assert Subscription.of(DOCUMENT).matches("acc", event(key))


@pytest.mark.parametrize("key", ["incoming/a.txt", "work/a.jpg", "incoming.jpg"])
def test_passes_over_other_subjects(key: str) -> None:
    assert not Subscription.of(DOCUMENT).matches("acc", event(key))


def test_only_a_beginning_can_be_told_to_regard_case() -> None:
    subscription = Subscription.of(DOCUMENT | {"case_sensitive": True})
    assert subscription.matches("acc", event("incoming/a.JPG"))
    assert not subscription.matches("acc", event("Incoming/a.jpg"))


def test_passes_over_other_accounts_and_events() -> None:
    subscription = Subscription.of(DOCUMENT)
    assert not subscription.matches("other", event("incoming/a.jpg"))
    assert not subscription.matches("acc", event("incoming/a.jpg", "Microsoft.Storage.BlobDeleted"))


def test_no_filter_means_every_blob() -> None:
    subscription = Subscription.of({"account": "acc", "queue_account": "acc", "queue": "q"})
    assert subscription.matches("acc", event("anything"))


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

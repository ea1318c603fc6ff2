"""The way back into the workflow, on Azurite."""

import json
import uuid

import pytest

from core.job import Source
from core.ports import Upload
from handlers.azure import clients
from handlers.azure.dead_letters import PoisonQueue, UndeliveredEvents
from handlers.azure.events import job_from
from handlers.azure.intake import BlobIntake, event

UPLOAD = Upload(Source("photos", "incoming/a b+c.jpg", "e1", 7), "2026-01-01T00:00:00Z")


@pytest.fixture
def container(account):
    return clients.blobs(account.blob).create_container(f"photos{uuid.uuid4().hex[:12]}")


@pytest.fixture
def queue(account):
    made = clients.queues(account.queue).get_queue_client(f"queue{uuid.uuid4().hex[:12]}")
    made.create_queue()
    return made


def test_uploads_are_those_that_start_a_job(container, queue):
    for key in ("incoming/a b.JPG", "incoming/notes.txt", "elsewhere/c.jpg"):
        container.upload_blob(key, b"photo")

    [found] = BlobIntake(container, "incoming/", (".jpg",), queue).uploads()

    etag = container.get_blob_client("incoming/a b.JPG").get_blob_properties().etag.strip('"')
    assert found.source == Source(container.container_name, "incoming/a b.JPG", etag, 5)


def test_uploads_keep_their_names_whatever_these_contain(container, queue):
    names = (
        "<script>.jpg",
        "\u202egpj.jpg",
        "\u2028.jpg",
        "a?b#c%20d+e.jpg",
        '"a", b&c.jpg',
        "ä" * 502 + ".jpg",
    )
    keys = {f"archive/{each}" for each in names}
    for key in keys:
        container.upload_blob(key, b"photo")

    assert {each.source.key for each in BlobIntake(container, "archive/", (".jpg",), queue).uploads()} == keys


def test_a_delivery_is_a_message_that_the_app_understands(container, queue):
    BlobIntake(container, "", (), queue).deliver(UPLOAD)

    [message] = queue.receive_messages()
    job = job_from(message.content, "gallery")
    assert (job.source, job.uploaded_at) == (UPLOAD.source, UPLOAD.stored_at)


def test_poisonous_messages_are_taken_put_back_and_removed(container, queue):
    BlobIntake(container, "", (), queue).deliver(UPLOAD)
    queue.send_message("hello")
    place = PoisonQueue(queue)

    letters = {letter.text: letter for letter in place.take()}

    assert not list(place.take())
    assert letters["hello"].uploads == ()
    [other] = [letter for letter in letters.values() if letter.uploads]
    assert other.uploads == (UPLOAD,)
    place.put_back(letters["hello"])
    place.remove(other)
    assert [letter.text for letter in place.take()] == ["hello"]
    assert queue.get_queue_properties().approximate_message_count == 1


def test_undelivered_events_are_read_from_their_blobs(container):
    other = Upload(Source("photos", "incoming/b.jpg", "e2", 8), UPLOAD.stored_at)
    events = [{**event(each), "deadLetterReason": "MaxDeliveryAttemptsExceeded"} for each in (UPLOAD, other)]
    container.upload_blob("topic/2026/1/1/0/a.json", json.dumps(events))
    container.upload_blob("topic/broken.json", "no JSON")
    container.upload_blob("topic/deleted.json", json.dumps([{"eventType": "Microsoft.Storage.BlobDeleted"}]))
    place = UndeliveredEvents(container)

    letters = {letter.handle: letter for letter in place.take()}

    assert letters["topic/2026/1/1/0/a.json"].uploads == (UPLOAD, other)
    assert letters["topic/broken.json"].uploads == letters["topic/deleted.json"].uploads == ()
    for letter in letters.values():
        place.put_back(letter)
    place.remove(letters["topic/broken.json"])
    assert len(list(place.take())) == 2

"""The scheduled reconciler's run, on Azurite."""

import json
import uuid
from dataclasses import replace

import pytest

from core.deployment import variables
from core.deployment.names import LOOK
from core.trace import now
from handlers.azure import adapters, clients
from handlers.azure.events import job_from
from handlers.azure.reconciler import reconcile


@pytest.fixture
def names(account, monkeypatch):
    """A container, a table and queues, and the app settings that name them."""
    unique = uuid.uuid4().hex[:12]
    clients.blobs(account.blob).create_container(f"photos{unique}")
    clients.tables(account.table).create_table(f"ledger{unique}")
    for each in ("uploads", "success", "error"):
        clients.queues(account.queue).create_queue(f"{each}{unique}")
    for variable, value in {
        variables.service_uri(variables.CONNECTION, "blob"): account.blob,
        variables.service_uri(variables.CONNECTION, "queue"): account.queue,
        variables.service_uri(variables.CONNECTION, "table"): account.table,
        variables.UPLOADS_QUEUE: f"uploads{unique}",
        variables.LEDGER_TABLE: f"ledger{unique}",
        variables.SUCCESS_QUEUE: f"success{unique}",
        variables.ERROR_QUEUE: f"error{unique}",
        variables.INPUT_CONTAINER: f"photos{unique}",
        variables.RECIPE: "gallery",
        variables.INPUT_PREFIX: "incoming/",
        variables.SUFFIXES: ".jpg,.png",
        variables.OUTPUT_CONTAINER: f"photos{unique}",
        variables.RUN_SECONDS: "60",
        variables.PATIENCE_SECONDS: "-1",  # Azurite's times are whole seconds
    }.items():
        monkeypatch.setenv(variable, value)
    caches = (adapters.ledger, adapters.notifier)
    for cached in caches:
        cached.cache_clear()
    yield unique
    for cached in caches:
        cached.cache_clear()


@pytest.fixture
def take(account, names):
    """Take the messages of a queue."""
    return lambda queue: [
        each.content
        for each in clients.queues(account.queue).get_queue_client(f"{queue}{names}").receive_messages()
    ]


def test_a_job_that_stands_still_is_sent_again(take, job):
    adapters.ledger().claim(replace(job, uploaded_at=now()))
    reconcile("stuck")
    [message] = take("uploads")
    assert job_from(message, "gallery").source == job.source
    assert adapters.ledger().get(job.id).state == "released"


def test_a_job_that_was_sent_again_for_hours_is_ended_and_announced(take, job):
    adapters.ledger().claim(job)
    reconcile("stuck")
    reconcile("stuck")
    assert adapters.ledger().get(job.id).state == "failed"
    assert not take("uploads")
    [told] = map(json.loads, take("error"))
    assert (told["id"], told["state"], told["error"]["name"]) == (job.id, "failed", "JobLost")


def test_an_upload_that_no_job_knows_of_is_delivered(account, names, take):
    container = clients.blobs(account.blob).get_container_client(f"photos{names}")
    for key in ("incoming/lost.PNG", "incoming/notes.txt", "elsewhere/a.jpg"):
        container.upload_blob(key, b"photo")
    reconcile("unclaimed")
    [message] = take("uploads")
    assert job_from(message, "gallery").source.key == "incoming/lost.PNG"


def test_a_look_without_time_goes_on_in_the_next_runs(account, names, take, monkeypatch, job):
    monkeypatch.setenv(variables.RUN_SECONDS, "0")
    container = clients.blobs(account.blob).get_container_client(f"photos{names}")
    for key in ("incoming/a.png", "incoming/b.png"):
        container.upload_blob(key, b"photo")
    adapters.ledger().claim(replace(job, uploaded_at=now()))
    adapters.ledger().record(replace(job, uploaded_at=now(), state="succeeded"))
    runs = 0
    reconcile("unclaimed")
    assert not take("uploads")
    while len(container.get_blob_client(LOOK).download_blob().readall()):
        reconcile("stuck")
        runs += 1
    assert runs > 2
    assert {job_from(each, "gallery").source.key for each in take("uploads")} == {
        "incoming/a.png",
        "incoming/b.png",
    }

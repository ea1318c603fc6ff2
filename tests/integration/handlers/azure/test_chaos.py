"""Faults between the storage clients and Azurite: what the SDK and the adapters make of them."""

import json
import uuid
from dataclasses import replace

import pytest

from core import chaos
from core.deployment.variables import CHAOS
from core.errors import StoreUnavailable
from handlers.azure import chaos as unsettled
from handlers.azure import clients
from handlers.azure.ledger import TableLedger
from handlers.azure.notifications import QueueNotifier
from handlers.azure.stores import BlobStore


@pytest.fixture
def storm(monkeypatch, account):
    """Ask for faults, in the order given; return how many requests were sent."""
    name = f"storm{uuid.uuid4().hex[:12]}"
    clients.blobs(account.blob).create_container(name)
    clients.tables(account.table).create_table(name)
    clients.queues(account.queue).create_queue(name)
    monkeypatch.setenv(CHAOS, "error=0")
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    forget()

    class Storm:
        asked = 0
        coming: tuple[str, ...] = ()
        store = BlobStore(clients.blobs(account.blob), name)
        ledger = TableLedger(clients.tables(account.table).get_table_client(name))
        notifier = QueueNotifier(clients.queues(account.queue), {"success": name})
        queue = clients.queues(account.queue).get_queue_client(name)

    def strike():
        Storm.asked += 1
        first, *rest = Storm.coming or (None,)
        Storm.coming = tuple(rest)
        return first

    monkeypatch.setattr(unsettled.chaos, "strike", strike)
    yield Storm
    forget()


def forget():
    for each in (clients.blobs, clients.queues, clients.tables):
        each.cache_clear()


@pytest.mark.parametrize("fault", chaos.FAULTS)
def test_one_fault_is_healed_by_the_sdk(storm, job, fault):
    for act in (
        lambda: storm.store.put("a", b"photo", "image/jpeg"),
        lambda: storm.ledger.claim(job) or pytest.fail("a retried claim is no duplicate"),
        lambda: storm.ledger.record(replace(job, state="succeeded")) or pytest.fail("nor is a record"),
        lambda: storm.notifier.publish("success", job),
    ):
        storm.coming = (fault,)
        act()

    assert storm.store.get("a", 100) == b"photo"
    assert storm.ledger.get(job.id).state == "succeeded"


ACTS = {
    "put": lambda storm, job: storm.store.put("a", b"photo", "image/jpeg"),
    "get": lambda storm, job: storm.store.get("a", 100),
    "claim": lambda storm, job: storm.ledger.claim(job),
    "record": lambda storm, job: storm.ledger.record(job),
    "notify": lambda storm, job: storm.notifier.publish("success", job),
}


@pytest.mark.parametrize("fault", chaos.FAULTS)
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_a_second_fault_is_the_workflow_s_to_heal_so_that_tries_do_not_multiply(storm, job, act, fault):
    storm.coming = (fault,) * 4
    with pytest.raises(StoreUnavailable):
        act(storm, job)
    assert storm.asked == 2


def test_a_lost_answer_comes_after_the_effect(storm, job):
    storm.coming = ("lost", "lost")

    with pytest.raises(StoreUnavailable):
        storm.notifier.publish("success", job)

    told = [json.loads(message.content)["id"] for message in storm.queue.receive_messages()]
    assert told == [job.id, job.id]

"""A decision on its way to an orchestration."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.job import Job, Source
from core.memory import MemoryLedger, MemoryNotifier
from core.review import decisions as review
from handlers.azure.review import tell, wake

NOW = "2026-01-01T00:00:00.000Z"
JOB = Job("1" * 32, "gallery", Source("photos", "a.jpg", "e", 1), "instance/run", NOW, NOW)


class Client:
    """A Durable client."""

    def __init__(self):
        self.raised = []

    async def raise_event(self, instance_id, event_name, event_data):
        self.raised.append((instance_id, event_name, event_data))


class Queue:
    """The queue of decisions."""

    queue_name = "decisions"

    def __init__(self):
        self.sent = []

    def send_message(self, text):
        self.sent.append(text)


@pytest.fixture
def ledger():
    made = MemoryLedger()
    made.claim(JOB)
    review.ask(JOB, 60, datetime.now(UTC), made, MemoryNotifier())
    return made


def told(job, ledger):
    client = Client()
    asyncio.run(tell(job, ledger, client))
    return client.raised


def test_a_decision_travels_as_the_job_s_id(ledger):
    queue = Queue()
    wake(ledger.get(JOB.id), queue)
    assert queue.sent == [JOB.id]


def test_a_decided_job_s_orchestration_is_told(ledger):
    ledger.decide(ledger.get(JOB.id), "refused", "")
    assert told(JOB.id, ledger) == [("instance", "decided", "refused")]


def test_nothing_is_raised_without_a_decision_or_a_wait(ledger):
    assert told(JOB.id, ledger) == []
    assert told("another", ledger) == []
    ledger.decide(ledger.get(JOB.id), "approved", "")
    ledger.record(replace(JOB, state="succeeded"))
    assert told(JOB.id, ledger) == []

"""Notifications reach the queue of their topic as JSON text."""

import json
import uuid

import pytest

from core.errors import ObjectMissing
from core.workflow.notification import message
from handlers.azure import clients
from handlers.azure.notifications import QueueNotifier


@pytest.fixture
def notifier(account):
    service = clients.queues(account.queue)
    names = {topic: f"notify-{topic}-{uuid.uuid4().hex[:8]}" for topic in ("success", "error")}
    for name in names.values():
        service.create_queue(name)
    return QueueNotifier(service, names), {
        topic: service.get_queue_client(name) for topic, name in names.items()
    }


def test_a_message_goes_to_its_topic_alone(notifier, job):
    sender, queues = notifier

    sender.publish("error", job)

    [received] = queues["error"].receive_messages()
    assert json.loads(received.content) == message(job)
    assert list(queues["success"].receive_messages()) == []


def test_a_missing_queue_is_named(account, job):
    with pytest.raises(ObjectMissing, match="queue nowhere"):
        QueueNotifier(clients.queues(account.queue), {"error": "nowhere"}).publish("error", job)

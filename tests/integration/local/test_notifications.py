"""Whoever listens to a local stack gets its notifications, and leaves nothing behind."""

import uuid

import boto3
import pytest
from azure_adapters import job

from core.workflow.notification import message
from handlers.aws.notifications import SnsNotifier
from handlers.azure import clients
from handlers.azure.notifications import QueueNotifier
from local.notifications import subscribed

__all__ = ["job"]
TOPICS = ("success", "error")


@pytest.fixture
def on_aws(aws):
    arns = {each: boto3.client("sns").create_topic(Name=f"listen-{each}")["TopicArn"] for each in TOPICS}
    outputs = {"cloud": "aws", **{f"{each}Topic": arn for each, arn in arns.items()}, "reviewTopic": None}
    return outputs, SnsNotifier(arns)


@pytest.fixture
def on_azure(account):
    service = clients.queues(account.queue)
    names = {each: f"listen-{each}-{uuid.uuid4().hex[:8]}" for each in TOPICS}
    for name in names.values():
        service.create_queue(name)
    outputs = {"cloud": "azure", "queueEndpoint": account.queue}
    return outputs | {f"{each}Topic": name for each, name in names.items()}, QueueNotifier(service, names)


@pytest.mark.parametrize("cloud", ["on_aws", "on_azure"])
def test_a_subscriber_gets_each_notification_once(request, cloud, job):
    outputs, sender = request.getfixturevalue(cloud)

    with subscribed(outputs) as take:
        sender.publish("error", job)
        sender.publish("success", job)
        assert sorted(take()) == [("error", message(job)), ("success", message(job))]
        assert take() == []


def test_nothing_is_left_on_aws(on_aws):
    outputs, _ = on_aws
    queues = boto3.client("sqs").list_queues(QueueNamePrefix="notifications-").get("QueueUrls", [])

    with pytest.raises(KeyboardInterrupt), subscribed(outputs):
        raise KeyboardInterrupt

    assert boto3.client("sqs").list_queues(QueueNamePrefix="notifications-").get("QueueUrls", []) == queues
    topic = outputs["errorTopic"]
    assert boto3.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []

"""The notifications of a local stack, as its subscribers get them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from handlers.aws.clients import client
from handlers.azure import clients

TOPICS = ("success", "error", "review")

type Notification = tuple[str, Mapping[str, Any]]  # the topic, and the body
type Take = Callable[[], list[Notification]]


@contextmanager
def subscribed(outputs: Mapping[str, Any]) -> Iterator[Take]:
    """Yield a function that takes the notifications since its last call, for the block.

    On AWS it hears what is sent from now on, beside other subscribers. On Azure a notification lies in a
    queue until somebody takes it, so it also gets earlier ones, and nobody else does.
    """
    topics = {each: str(name) for each in TOPICS if (name := outputs.get(f"{each}Topic"))}
    with {"aws": _on_aws, "azure": _on_azure}[outputs["cloud"]](topics, outputs) as take:
        yield take


@contextmanager
def _on_aws(topics: Mapping[str, str], outputs: Mapping[str, Any]) -> Iterator[Take]:
    sqs, sns = client("sqs"), client("sns")
    urls, subscriptions = dict[str, str](), []
    try:
        for topic, arn in topics.items():
            urls[topic] = url = sqs.create_queue(QueueName=f"notifications-{uuid.uuid4().hex[:8]}")[
                "QueueUrl"
            ]
            asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
            queue = asked["Attributes"]["QueueArn"]
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": _open_to_sns(queue)})
            raw = {"RawMessageDelivery": "true"}
            made = sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue, Attributes=raw)
            subscriptions.append(made["SubscriptionArn"])

        def take() -> list[Notification]:
            found: list[Notification] = []
            for topic, url in urls.items():
                while taken := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                    found += [(topic, json.loads(each["Body"])) for each in taken]
                    handles = [each["ReceiptHandle"] for each in taken]
                    entries = [{"Id": str(at), "ReceiptHandle": each} for at, each in enumerate(handles)]
                    sqs.delete_message_batch(QueueUrl=url, Entries=entries)
            return found

        yield take
    finally:
        for each in subscriptions:
            sns.unsubscribe(SubscriptionArn=each)
        for url in urls.values():
            sqs.delete_queue(QueueUrl=url)


def _open_to_sns(queue: str) -> str:
    sender = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}}
    statement = {**sender, "Action": "sqs:SendMessage", "Resource": queue}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@contextmanager
def _on_azure(topics: Mapping[str, str], outputs: Mapping[str, Any]) -> Iterator[Take]:
    account = clients.queues(outputs["queueEndpoint"])
    queues = {topic: account.get_queue_client(name) for topic, name in topics.items()}

    def take() -> list[Notification]:
        found: list[Notification] = []
        for topic, queue in queues.items():
            for each in queue.receive_messages(messages_per_page=32):
                found.append((topic, json.loads(each.content)))
                queue.delete_message(each)
        return found

    yield take

"""SNS topics."""

from __future__ import annotations

from collections.abc import Iterator

from local.providers.aws.cloud import account, client
from local.providers.aws.resource import AwsResource, Setting, chosen, document, policy_faults
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties

TOPIC_ATTRIBUTES = {
    "deliveryPolicy": "DeliveryPolicy",
    "displayName": "DisplayName",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "tracingConfig": "TracingConfig",
}
SUBSCRIPTION_ATTRIBUTES = {
    "deliveryPolicy": "DeliveryPolicy",
    "filterPolicy": "FilterPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "redrivePolicy": "RedrivePolicy",
}


class Topic(AwsResource):
    """``aws.sns.Topic``."""

    kind = "aws:sns/topic:Topic"
    auto_name = AutoName(max_length=256)
    replace_on = frozenset({"fifoTopic", "name", "region"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        yield from policy_faults(inputs, "policy")

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        attributes = chosen(inputs, TOPIC_ATTRIBUTES)
        arn = client("sns").create_topic(Name=inputs["name"], Attributes=attributes)["TopicArn"]
        return arn, {"arn": arn, "owner": account()}

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        for name, value in chosen(inputs, TOPIC_ATTRIBUTES).items():
            client("sns").set_topic_attributes(TopicArn=identity, AttributeName=name, AttributeValue=value)
        return {}

    def find(self, identity: str, state: Properties) -> object:
        return client("sns").get_topic_attributes(TopicArn=identity)

    def remove(self, identity: str, state: Properties) -> None:
        client("sns").delete_topic(TopicArn=identity)


class TopicPolicy(Setting):
    """``aws.sns.TopicPolicy``; it is deleted with its topic."""

    kind = "aws:sns/topicPolicy:TopicPolicy"
    replace_on = frozenset({"arn", "region"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        yield from policy_faults(inputs, "policy")

    def put(self, inputs: Properties) -> str:
        policy = document(inputs["policy"])
        client("sns").set_topic_attributes(
            TopicArn=inputs["arn"], AttributeName="Policy", AttributeValue=policy
        )
        return str(inputs["arn"])

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        return self.put(inputs), {"owner": account()}

    def find(self, identity: str, state: Properties) -> object:
        return client("sns").get_topic_attributes(TopicArn=identity)

    def remove(self, identity: str, state: Properties) -> None:
        """Do nothing: the service cannot delete a policy without its topic."""


class TopicSubscription(AwsResource):
    """``aws.sns.TopicSubscription``; one to an e-mail address stays pending until it is confirmed."""

    kind = "aws:sns/topicSubscription:TopicSubscription"
    replace_on = frozenset({"endpoint", "protocol", "topic", "region"})

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        arn = client("sns").subscribe(
            TopicArn=inputs["topic"],
            Protocol=inputs["protocol"],
            Endpoint=inputs["endpoint"],
            Attributes=_subscription(inputs),
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        pending = inputs["protocol"] in ("email", "email-json")
        return arn, {"arn": arn, "ownerId": account(), "pendingConfirmation": pending}

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        for name, value in _subscription(inputs).items():
            client("sns").set_subscription_attributes(
                SubscriptionArn=identity, AttributeName=name, AttributeValue=value
            )
        return {}

    def find(self, identity: str, state: Properties) -> object:
        return client("sns").get_subscription_attributes(SubscriptionArn=identity)

    def remove(self, identity: str, state: Properties) -> None:
        client("sns").unsubscribe(SubscriptionArn=identity)


def _subscription(inputs: Properties) -> dict[str, str]:
    raw = {"RawMessageDelivery": "true"} if inputs.get("rawMessageDelivery") else {}
    return {**chosen(inputs, SUBSCRIPTION_ATTRIBUTES), **raw}


RESOURCES = (Topic, TopicPolicy, TopicSubscription)

"""Event Grid: from a storage account's events to a queue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.providers.azure_native import emulator
from local.providers.azure_native.arm import ArmResource, managed_identity, recall
from local.providers.check import Fault
from local.providers.wire import Properties

TOPIC = "providers/Microsoft.EventGrid/systemTopics/{systemTopicName}"
STORAGE = "Microsoft.Storage.StorageAccounts"
ENDS_WITH = "StringEndsWith"


class SystemTopic(ArmResource):
    """``azure_native.eventgrid.SystemTopic`` of a storage account."""

    kind = "azure-native:eventgrid:SystemTopic"
    path = TOPIC
    fixed = frozenset({"source", "topicType"})
    completes = frozenset({"identity"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        topic_type = inputs.get("topicType", "")
        if topic_type.lower() != STORAGE.lower():
            yield Fault(
                "topicType", f"the local stand-in serves topics of type {STORAGE}, not {topic_type!r}."
            )

    def apply(self, identity: str, inputs: Properties) -> None:
        recall(inputs["source"])

    def outputs(self, identity: str, inputs: Properties) -> Properties:
        block = {"identity": managed_identity(identity, inputs["identity"])} if "identity" in inputs else {}
        return {"metricResourceId": identity, **block}


class SystemTopicEventSubscription(ArmResource):
    """``azure_native.eventgrid.SystemTopicEventSubscription`` to a storage queue."""

    kind = "azure-native:eventgrid:SystemTopicEventSubscription"
    path = TOPIC + "/eventSubscriptions/{eventSubscriptionName}"

    def check(self, inputs: Properties) -> Iterator[Fault]:
        if bool(inputs.get("destination")) == bool(inputs.get("deliveryWithResourceIdentity")):
            reason = "a subscription needs one of destination and deliveryWithResourceIdentity."
            yield Fault("destination", reason)
            return
        endpoint = _destination(inputs)
        if endpoint.get("endpointType") != "StorageQueue":
            kind = endpoint.get("endpointType")
            yield Fault(
                "destination.endpointType", f"the local stand-in delivers to a StorageQueue, not {kind!r}."
            )
        for each in _advanced(inputs):
            if each.get("operatorType") != ENDS_WITH or each.get("key") != "subject":
                reason = f"the local stand-in filters only by {ENDS_WITH} on subject, not {each}."
                yield Fault("filter.advancedFilters", reason)

    def apply(self, identity: str, inputs: Properties) -> None:
        topic = recall(identity.rpartition("/eventSubscriptions/")[0])
        chosen, endpoint = inputs.get("filter", {}), _destination(inputs)
        endings = [chosen["subjectEndsWith"]] if chosen.get("subjectEndsWith") else []
        subscription = {
            "account": recall(topic["source"])["name"],
            "queue_account": recall(endpoint["resourceId"])["name"],
            "queue": endpoint["queueName"],
            "subject_begins_with": chosen.get("subjectBeginsWith", ""),
            "case_sensitive": bool(chosen.get("isSubjectCaseSensitive", False)),
            "subject_ends_with": [
                *endings,
                *(value for each in _advanced(inputs) for value in each["values"]),
            ],
        }
        if chosen.get("includedEventTypes"):
            subscription["event_types"] = chosen["includedEventTypes"]
        emulator.control("PUT", "subscriptions", _name(inputs), body=subscription)

    def withdraw(self, identity: str, state: Properties) -> None:
        emulator.control("DELETE", "subscriptions", _name(state))

    def outputs(self, identity: str, inputs: Properties) -> Properties:
        return {"topic": recall(identity.rpartition("/eventSubscriptions/")[0])["source"]}


def _destination(inputs: Properties) -> dict[str, Any]:
    found: dict[str, Any] = inputs.get("destination") or inputs["deliveryWithResourceIdentity"].get(
        "destination", {}
    )
    return found


def _advanced(inputs: Properties) -> list[dict[str, Any]]:
    filters: list[dict[str, Any]] = inputs.get("filter", {}).get("advancedFilters", [])
    return filters


def _name(inputs: Properties) -> str:
    """Return the subscription's name on the host, which has one list for all topics."""
    return f"{inputs['systemTopicName']}-{inputs['eventSubscriptionName']}"


RESOURCES = (SystemTopic, SystemTopicEventSubscription)

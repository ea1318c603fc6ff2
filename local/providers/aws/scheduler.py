"""EventBridge Scheduler."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.providers.aws.cloud import client
from local.providers.aws.resource import AwsResource, chosen, pascal
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties

GROUP = "default"


class Schedule(AwsResource):
    """``aws.scheduler.Schedule`` in the default group; its id is ``group/name``."""

    kind = "aws:scheduler/schedule:Schedule"
    auto_name = AutoName(max_length=64, forbidden=r"[^A-Za-z0-9_.-]")
    replace_on = frozenset({"groupName", "name", "region"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        if inputs.get("groupName", GROUP) != GROUP:
            yield Fault("groupName", "the local stand-in serves the default group only.")
        if "roleArn" not in inputs.get("target", {}):
            yield Fault("target", "a schedule's target needs the property 'roleArn'.")

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        made = client("scheduler").create_schedule(**_asked(inputs))
        return f"{GROUP}/{inputs['name']}", {"arn": made["ScheduleArn"], **_defaults(inputs)}

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        client("scheduler").update_schedule(**_asked(inputs))
        return _defaults(inputs)

    def find(self, identity: str, state: Properties) -> object:
        return client("scheduler").get_schedule(Name=state["name"])

    def remove(self, identity: str, state: Properties) -> None:
        client("scheduler").delete_schedule(Name=state["name"])


def _asked(inputs: Properties) -> dict[str, Any]:
    names = {"description": "Description", "name": "Name", "scheduleExpression": "ScheduleExpression"}
    return {
        **chosen(inputs, names),
        "State": inputs.get("state", "ENABLED"),
        "FlexibleTimeWindow": pascal(inputs["flexibleTimeWindow"]),
        "Target": pascal(inputs["target"]),
    }


def _defaults(inputs: Properties) -> Properties:
    return {"groupName": GROUP, "state": inputs.get("state", "ENABLED")}


RESOURCES = (Schedule,)

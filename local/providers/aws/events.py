"""EventBridge rules and their targets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.providers.aws.cloud import client
from local.providers.aws.resource import AwsResource, Setting, chosen, json_faults, pascal
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.resource import ProviderError
from local.providers.wire import Properties

BUS = {"eventBusName": "EventBusName"}


class EventRule(AwsResource):
    """``aws.cloudwatch.EventRule``."""

    kind = "aws:cloudwatch/eventRule:EventRule"
    auto_name = AutoName(max_length=64, forbidden=r"[^A-Za-z0-9_.-]")
    replace_on = frozenset({"eventBusName", "name", "region"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        yield from json_faults(inputs, "eventPattern")
        if not inputs.get("eventPattern") and not inputs.get("scheduleExpression"):
            yield Fault("eventPattern", "a rule needs one of eventPattern and scheduleExpression.")

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        return inputs["name"], self._put(inputs)

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        return self._put(inputs)

    def find(self, identity: str, state: Properties) -> object:
        return client("events").describe_rule(Name=identity, **chosen(state, BUS))

    def remove(self, identity: str, state: Properties) -> None:
        client("events").delete_rule(Name=identity, **chosen(state, BUS))

    def _put(self, inputs: Properties) -> Properties:
        options = {
            "description": "Description",
            "eventPattern": "EventPattern",
            "roleArn": "RoleArn",
            "scheduleExpression": "ScheduleExpression",
        }
        state = inputs.get("state", "ENABLED")
        arn = client("events").put_rule(Name=inputs["name"], State=state, **chosen(inputs, BUS | options))[
            "RuleArn"
        ]
        return {"arn": arn, "state": state, "eventBusName": inputs.get("eventBusName", "default")}


class EventTarget(Setting):
    """``aws.cloudwatch.EventTarget``; its id is ``rule-target``."""

    kind = "aws:cloudwatch/eventTarget:EventTarget"
    auto_name = AutoName("targetId", max_length=64)
    replace_on = frozenset({"eventBusName", "region", "rule", "targetId"})

    def put(self, inputs: Properties) -> str:
        answer = client("events").put_targets(
            Rule=inputs["rule"], Targets=[_target(inputs)], **chosen(inputs, BUS)
        )
        for failed in answer["FailedEntries"]:
            raise ProviderError(
                f"EventBridge refused the target {failed['TargetId']}: {failed['ErrorMessage']}"
            )
        return f"{inputs['rule']}-{inputs['targetId']}"

    def find(self, identity: str, state: Properties) -> object:
        targets = client("events").list_targets_by_rule(Rule=state["rule"], **chosen(state, BUS))["Targets"]
        return [target for target in targets if target["Id"] == state["targetId"]]

    def remove(self, identity: str, state: Properties) -> None:
        client("events").remove_targets(Rule=state["rule"], Ids=[state["targetId"]], **chosen(state, BUS))


def _target(inputs: Properties) -> dict[str, Any]:
    names = {"arn": "Arn", "input": "Input", "inputPath": "InputPath", "roleArn": "RoleArn", "targetId": "Id"}
    target: dict[str, Any] = chosen(inputs, names)
    if inputs.get("deadLetterConfig"):
        target["DeadLetterConfig"] = pascal(inputs["deadLetterConfig"])
    if inputs.get("retryPolicy"):
        target["RetryPolicy"] = pascal(inputs["retryPolicy"])
    if inputs.get("inputTransformer"):
        names = {"inputPaths": "InputPathsMap", "inputTemplate": "InputTemplate"}
        target["InputTransformer"] = chosen(inputs["inputTransformer"], names)
    return target


RESOURCES = (EventRule, EventTarget)

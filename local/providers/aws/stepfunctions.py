"""Step Functions state machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from local.providers.aws.cloud import client
from local.providers.aws.resource import AwsResource, json_faults
from local.providers.check import Fault, unknown_name
from local.providers.naming import AutoName
from local.providers.wire import Properties

TYPES = ["Choice", "Fail", "Map", "Parallel", "Pass", "Succeed", "Task", "Wait"]


class StateMachine(AwsResource):
    """``aws.sfn.StateMachine``; the emulator accepts any definition, so this checks its transitions."""

    kind = "aws:sfn/stateMachine:StateMachine"
    auto_name = AutoName(max_length=80)
    replace_on = frozenset({"name", "region", "type"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        wrong = list(json_faults(inputs, "definition"))
        yield from wrong or (
            Fault("definition", reason)
            for reason in _mistakes(json.loads(inputs["definition"]), "the machine")
        )

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        kind = inputs.get("type", "STANDARD")
        made = client("stepfunctions").create_state_machine(
            name=inputs["name"],
            type=kind,
            publish=inputs.get("publish", False),
            tags=[{"key": key, "value": value} for key, value in inputs.get("tags", {}).items()],
            **_settings(inputs),
        )
        arn = made["stateMachineArn"]
        return arn, {
            "arn": arn,
            "creationDate": made["creationDate"].isoformat(),
            "status": "ACTIVE",
            "type": kind,
        }

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        client("stepfunctions").update_state_machine(stateMachineArn=identity, **_settings(inputs))
        return {}

    def find(self, identity: str, state: Properties) -> object:
        return client("stepfunctions").describe_state_machine(stateMachineArn=identity)

    def remove(self, identity: str, state: Properties) -> None:
        client("stepfunctions").delete_state_machine(stateMachineArn=identity)


def _mistakes(machine: dict[str, Any], place: str) -> Iterator[str]:
    """Yield invalid types of states and transitions to unknown states."""
    states = machine.get("States", {})
    if machine.get("StartAt") not in states:
        start = machine.get("StartAt")
        yield f"{place} starts at {start!r}{unknown_name(str(start), list(states))}"
    for name, state in states.items():
        kind = str(state.get("Type"))
        if kind not in TYPES:
            yield f"the state {name} has the Type {kind!r}{unknown_name(kind, TYPES)}"
        links = [state, *state.get("Choices", []), *state.get("Catch", [])]
        ahead = [link[key] for link in links for key in ("Next", "Default") if key in link]
        for target in ahead:
            if target not in states:
                yield f"the state {name} continues with {target!r}{unknown_name(target, list(states))}"
        for part in (
            *state.get("Branches", []),
            *([state["ItemProcessor"]] if "ItemProcessor" in state else []),
        ):
            yield from _mistakes(part, f"a part of the state {name}")


def _settings(inputs: Properties) -> dict[str, Any]:
    logging = inputs.get("loggingConfiguration", {})
    group = logging.get("logDestination")
    encryption = inputs.get("encryptionConfiguration") or {"type": "AWS_OWNED_KEY"}
    return {
        "encryptionConfiguration": encryption,
        "definition": inputs["definition"],
        "roleArn": inputs["roleArn"],
        "loggingConfiguration": {
            "level": logging.get("level", "OFF"),
            "includeExecutionData": logging.get("includeExecutionData", False),
            "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}] if group else [],
        },
        "tracingConfiguration": {"enabled": inputs.get("tracingConfiguration", {}).get("enabled", False)},
    }


RESOURCES = (StateMachine,)

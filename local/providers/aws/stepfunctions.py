"""Step Functions state machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.providers.aws.cloud import client
from local.providers.aws.resource import AwsResource, json_faults
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties, is_unknown


class StateMachine(AwsResource):
    """``aws.sfn.StateMachine``; its definition is validated by the service before anything is made."""

    kind = "aws:sfn/stateMachine:StateMachine"
    auto_name = AutoName(max_length=80)
    replace_on = frozenset({"name", "region", "type"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        wrong = list(json_faults(inputs, "definition"))
        yield from wrong
        if wrong or is_unknown(inputs["definition"]):
            return
        answer = client("stepfunctions").validate_state_machine_definition(
            definition=inputs["definition"], type=inputs.get("type", "STANDARD")
        )
        for diagnostic in answer["diagnostics"]:
            if diagnostic["severity"] == "ERROR":
                place = diagnostic.get("location", "the definition")
                yield Fault("definition", f"{diagnostic['message']} ({diagnostic['code']} at {place})")

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


def _settings(inputs: Properties) -> dict[str, Any]:
    logging = inputs.get("loggingConfiguration", {})
    group = logging.get("logDestination")
    return {
        "definition": inputs["definition"],
        "roleArn": inputs["roleArn"],
        "loggingConfiguration": {
            "level": logging.get("level", "OFF"),
            "includeExecutionData": logging.get("includeExecutionData", False),
            "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}] if group else [],
        },
        "tracingConfiguration": {"enabled": inputs.get("tracingConfiguration", {}).get("enabled", False)},
    }


RESOURCES = (StateMachine(),)

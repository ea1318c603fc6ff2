"""Notify the error topic of executions that ended without a notification of their own."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from components.aws.dead_letters import RETRY_POLICY, DeadLetters
from components.aws.policies import allow
from components.aws.service_role import ServiceRole
from core.workflow.model import Fail, Workflow
from core.workflow.photo import PIPELINE

# A job's notification, as far as the platform knows its content. EventBridge adds the quotes.
MESSAGE = """{
  "id": null,
  "state": "lost",
  "execution": <execution>,
  "error": {"name": <status>, "message": "The execution ended without recording why; see its history."}
}"""


class LostExecutions(pulumi.ComponentResource):
    """Sends an error notification for each execution that failed other than by the workflow's endings.

    These have sent a notification already. An express state machine sends no such events: the reconciler
    finds its lost jobs.
    """

    dead_letters: DeadLetters

    def __init__(
        self,
        name: str,
        state_machine: pulumi.Input[str],
        topic: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:aws:LostExecutions", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        rule = aws.cloudwatch.EventRule(
            name,
            description="An execution ended without a notification.",
            event_pattern=pulumi.Output.from_input(state_machine).apply(
                lambda arn: json.dumps(event_pattern(arn, PIPELINE))
            ),
            opts=child,
        )
        self.dead_letters = DeadLetters(f"{name}-undelivered", rule.arn, opts=child)
        publish = allow(["sns:Publish"], [topic])
        role = ServiceRole(name, "events", [publish], rule.arn, for_it_alone=True, opts=child)
        aws.cloudwatch.EventTarget(
            name,
            rule=rule.name,
            arn=topic,
            role_arn=role.arn,
            input_transformer={
                "input_paths": {"execution": "$.detail.executionArn", "status": "$.detail.status"},
                "input_template": MESSAGE,
            },
            dead_letter_config={"arn": self.dead_letters.arn},
            retry_policy=RETRY_POLICY,
            opts=child,
        )
        self.register_outputs({"dead_letters": self.dead_letters.url})


def event_pattern(state_machine: str, workflow: Workflow) -> dict[str, object]:
    """Return the EventBridge pattern for executions that failed other than by a Fail state."""
    told = sorted({state.error for state in workflow.all_states() if isinstance(state, Fail)})
    return {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "stateMachineArn": [state_machine],
            "$or": [
                {"status": ["TIMED_OUT", "ABORTED"]},
                {"status": ["FAILED"], "error": [{"anything-but": told}]},
            ],
        },
    }

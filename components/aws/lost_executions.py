"""Notify the error topic of executions that ended without a notification of their own."""

from __future__ import annotations

import pulumi

from components.aws.event_rule import EventRule
from core.workflow.model import Fail, Workflow
from core.workflow.photo import PIPELINE

# A job's notification, as far as the platform knows its content. EventBridge adds the quotes.
MESSAGE = """{
  "id": null,
  "state": "lost",
  "execution": <execution>,
  "error": {"name": <status>, "message": "The execution ended without recording why; see its history."}
}"""


def on_lost_execution(
    name: str, state_machine: pulumi.Input[str], topic: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> EventRule:
    """Send an error notification for each execution that failed other than by the workflow's endings.

    These have sent a notification already. An express state machine sends no such events: the reconciler
    finds its lost jobs.
    """
    return EventRule(
        name,
        "An execution ended without a notification.",
        state_machine,
        lambda arn: event_pattern(arn, PIPELINE),
        topic,
        "sns:Publish",
        {
            "input_paths": {"execution": "$.detail.executionArn", "status": "$.detail.status"},
            "input_template": MESSAGE,
        },
        opts,
    )


def on_lost_durable_execution(
    name: str, function: pulumi.Input[str], topic: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> EventRule:
    """Send an error notification for each durable execution that ran out of time or was stopped.

    ``function`` is the function's unqualified ARN. An event does not say why an execution failed, so one that
    failed other than by the workflow's endings is found by the reconciler.
    """
    return EventRule(
        name,
        "A durable execution ended without a notification.",
        function,
        durable_event_pattern,
        topic,
        "sns:Publish",
        {
            "input_paths": {"execution": "$.detail.durableExecutionArn", "status": "$.detail.status"},
            "input_template": MESSAGE,
        },
        opts,
    )


def durable_event_pattern(function: str) -> dict[str, object]:
    """Return the EventBridge pattern for durable executions of any version that did not end themselves."""
    return {
        "source": ["aws.lambda"],
        "detail-type": ["Durable Execution Status Change"],
        "detail": {"functionArn": [{"prefix": function}], "status": ["TIMED_OUT", "STOPPED"]},
    }


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

"""Histories in the form of the API reference, with the outputs and causes of ``lambda:invoke``."""

import json
from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import Stubber

from compare.collecting.asking import Unreported
from compare.collecting.aws.histories import histories, summed_up

ARN = "arn:aws:states:us-east-1:123456789012:execution:pipeline:one"
IDS = [f"8f507cfc-4697-4697-b07a-ac58fc914c9{digit}" for digit in range(5)]
INVOKED = {"resourceType": "lambda", "resource": "invoke"}
PUT = {"resourceType": "dynamodb", "resource": "putItem"}


class Events(list):
    """A history in the making."""

    def add(self, kind, **details):
        self.append(
            {"type": kind, "id": len(self) + 1, "timestamp": datetime(2026, 1, 5, tzinfo=UTC), **details}
        )
        return self

    def task(self, name, *ends, target=INVOKED):
        """Enter a task and have its tries end so: a request's id, or an error with its cause."""
        self.add("TaskStateEntered", stateEnteredEventDetails={"name": name})
        for end in ends:
            self.add("TaskScheduled", taskScheduledEventDetails={**target, "region": "r", "parameters": "{}"})
            self.add("TaskStarted", taskStartedEventDetails=target)
            if isinstance(end, tuple):
                kind, cause = end
                field = kind[0].lower() + kind[1:] + "EventDetails"
                self.add(kind, **{field: {**target, "error": "StoreUnavailable", "cause": cause}})
            else:
                output = {"StatusCode": 200, "Payload": {}, "SdkResponseMetadata": {"RequestId": end}}
                self.add("TaskSucceeded", taskSucceededEventDetails={**target, "output": json.dumps(output)})
        return self.add("TaskStateExited", stateExitedEventDetails={"name": name})


def whole():
    """Claim, a step that was tried three times, a choice, two branches, and the end."""
    told = json.dumps({"errorMessage": "busy", "errorType": "StoreUnavailable", "requestId": IDS[0]})
    events = Events().add("ExecutionStarted").task("claim", "d", target=PUT)
    events.task(
        "validate",
        ("TaskFailed", told),
        ("TaskFailed", f"2026-01-05T12:00:00.000Z {IDS[1]} Task timed out after 30.00 seconds"),
        IDS[2],
    )
    events.add("ChoiceStateEntered").add("ChoiceStateExited").add("ParallelStateEntered")
    events.task("resize", IDS[3]).task("apply_filters", IDS[4])
    return events.add("ParallelStateExited").add("SucceedStateEntered").add("ExecutionSucceeded")


def test_counts_states_retries_and_requests():
    history = summed_up(whole())
    assert (history.states, history.again, history.calls) == (7, 2, 5)
    assert history.requests == set(IDS)


def test_an_emulators_events_tell_less():
    # MiniStack names no resource but by its ARN, gives no metadata, and tells of no entry into a branch.
    target = {"resourceType": "lambda", "resource": "arn:aws:states:::lambda:invoke"}
    events = Events().add("ExecutionStarted").add("ParallelStateEntered")
    for _ in range(2):
        events.add("TaskScheduled", taskScheduledEventDetails=target)
        events.add(
            "TaskSucceeded", taskSucceededEventDetails={"resource": target["resource"], "output": "{}"}
        )
    history = summed_up(events.add("ExecutionSucceeded"))
    assert (history.states, history.again, history.calls, history.requests) == (1, 2, 2, frozenset())


def test_an_execution_that_runs_is_asked_again():
    with pytest.raises(Unreported, match="has not ended") as error:
        summed_up(whole()[:-1])
    assert error.value.again


@pytest.fixture
def states():
    client = boto3.client(
        "stepfunctions",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    with Stubber(client) as stubber:
        yield client, stubber


def asked(**more):
    return {"executionArn": ARN, "maxResults": 1000, **more}


def test_reads_page_by_page(states):
    client, stubber = states
    events = whole()
    stubber.add_response("get_execution_history", {"events": events[:9], "nextToken": "t"}, asked())
    stubber.add_response("get_execution_history", {"events": events[9:]}, asked(nextToken="t"))
    assert histories(client, [ARN]) == [summed_up(events)]


@pytest.mark.parametrize(
    ("code", "again", "says"),
    [
        ("ExecutionDoesNotExist", False, "or was deleted"),
        ("AccessDeniedException", False, "needs states:GetExecutionHistory"),
        ("ThrottlingException", True, "ThrottlingException"),
    ],
)
def test_half_a_history_is_none(states, code, again, says):
    client, stubber = states
    stubber.add_response("get_execution_history", {"events": whole()[:9], "nextToken": "t"}, asked())
    stubber.add_client_error("get_execution_history", code)
    with pytest.raises(Unreported, match=says) as error:
        histories(client, [ARN])
    assert error.value.again is again

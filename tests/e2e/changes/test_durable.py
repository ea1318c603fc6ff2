"""A live stack on AWS is switched to the durable function, and makes the same pictures by it."""

import boto3
import pytest

from core.job import Job
from local.environment import LocalStack

pytestmark = pytest.mark.e2e
CHOSEN = (("durable", "fused"), ("durable", "stepwise"), ("standard", "fused"))


@pytest.fixture(scope="module")
def done():
    """The finished row and outputs by what was chosen; filled by the first test that asks."""
    return {}


@pytest.fixture(params=[LocalStack.AWS])
def name(request):
    return request.param


@pytest.fixture
def made(changing, process, name, done):
    for chosen in CHOSEN if not done else ():
        outputs = changing.up(name, orchestrator=chosen[0], granularity=chosen[1])
        row, stand = process(name, outputs, key=f"incoming/{'-'.join(chosen)}.jpg")
        if chosen[0] == "durable":
            stand.deliveries.deliver(row.key, row.etag, row.document["source"]["size"], times=2)
        pictures = {
            each.name: stand.deployment.read_output(each.key)
            for each in Job.from_document(row.document).artifacts
        }
        done[chosen] = stand, row, pictures
    return done


def test_the_durable_function_makes_the_same_pictures_as_a_state_machine(made):
    _, _, expected = made["standard", "fused"]
    assert expected
    for chosen in CHOSEN:
        _, row, pictures = made[chosen]
        assert row.state == "succeeded", row.document["error"]
        assert pictures == expected
        entries = [entry.step for entry in Job.from_document(row.document).trace]
        assert ("resize" in entries) == (chosen[1] == "stepwise")


def test_its_executions_are_what_claimed_the_jobs_and_one_event_of_three_is_told_of(made):
    for chosen in CHOSEN:
        stand, row, _ = made[chosen]
        assert ("/durable-execution/" in row.document["execution"]) == (chosen[0] == "durable")
        assert [topic for topic, _ in stand.notified(row.id)] == ["success"]
        assert stand.deployment.row(row.id) == row


def test_lambda_keeps_how_an_execution_ended(made):
    _, row, _ = made["durable", "stepwise"]
    found = boto3.client("lambda").get_durable_execution(DurableExecutionArn=row.document["execution"])
    assert found["Status"] == "SUCCEEDED"

"""Functions that may run only twice at once: a burst of photos waits, and none fails."""

from io import BytesIO

import boto3
import pytest
from PIL import Image

from core.job import job_id
from core.workflow.photo import RETRY
from core.workflow.retries import THROTTLED
from local.environment import LocalStack

pytestmark = pytest.mark.e2e

UPLOADS, AT_ONCE = 24, 2
OTHER_RETRIES = max(each.max_attempts for each in RETRY if THROTTLED not in each.errors)


@pytest.fixture
def limit(stands):
    """Give each function of the AWS stack so much concurrency, as a small ``maxConcurrency`` would."""
    service = boto3.client("lambda")
    functions = [
        each["FunctionName"]
        for each in service.list_functions()["Functions"]
        if each["FunctionName"].startswith("twinlens-") and "reconciler" not in each["FunctionName"]
    ]

    def so(at_once):
        for each in functions:
            service.put_function_concurrency(FunctionName=each, ReservedConcurrentExecutions=at_once)

    yield so
    for each in functions:
        service.delete_function_concurrency(FunctionName=each)


def throttled(row):
    """Return how often the execution of a claimed job was told to wait."""
    history = boto3.client("stepfunctions").get_execution_history(executionArn=row.document["execution"])
    return sum(each["type"] == "TaskFailed" for each in history["events"])


def test_a_burst_on_limited_functions_waits_and_all_succeed(limit, stands, wait, say):
    """At first none may run, until one call was throttled more often than other errors are retried."""
    stand = stands[LocalStack.AWS]
    outputs, connection = stand.deployment.outputs, stand.deployment.connection
    limit(0)
    jobs = []
    for number in range(UPLOADS):
        stream = BytesIO()
        Image.new("RGB", (64, 64), (number, 0, 0)).save(stream, "JPEG")
        key = f"incoming/burst {number}.jpg"
        etag = connection.upload(key, stream.getvalue())
        jobs.append(job_id(outputs["inputContainer"], key, etag, outputs["recipe"]))
    claimed = [stand.claimed(job) for job in jobs]
    wait(lambda: any(throttled(row) > OTHER_RETRIES for row in claimed) or None, "a call that was throttled")
    limit(AT_ONCE)

    rows = [stand.finished(job) for job in jobs]

    assert {row.state for row in rows} == {"succeeded"}
    attempts = [entry["attempt"] for row in rows for entry in row.document["trace"]]
    assert max(attempts) > OTHER_RETRIES + 1
    say(f"{UPLOADS} photos on {AT_ONCE} calls of a function: a step took up to {max(attempts)} attempts")

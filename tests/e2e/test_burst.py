"""Functions that may run only twice at once: a burst of photos waits, and none fails."""

from io import BytesIO

import boto3
import pytest
from PIL import Image

from core.job import job_id
from local.environment import LocalStack

pytestmark = pytest.mark.e2e

UPLOADS, AT_ONCE = 24, 2


@pytest.fixture
def limited(stands):
    """The AWS stack, whose functions have as little concurrency as a small ``maxConcurrency`` gives them."""
    functions = [
        each["FunctionName"]
        for each in boto3.client("lambda").list_functions()["Functions"]
        if each["FunctionName"].startswith("twinlens-") and "reconciler" not in each["FunctionName"]
    ]
    for each in functions:
        boto3.client("lambda").put_function_concurrency(
            FunctionName=each, ReservedConcurrentExecutions=AT_ONCE
        )
    yield stands[LocalStack.AWS]
    for each in functions:
        boto3.client("lambda").delete_function_concurrency(FunctionName=each)


def test_a_burst_on_limited_functions_waits_and_all_succeed(limited, say):
    outputs, connection = limited.deployment.outputs, limited.deployment.connection
    jobs = []
    for number in range(UPLOADS):
        stream = BytesIO()
        Image.new("RGB", (64, 64), (number, 0, 0)).save(stream, "JPEG")
        key = f"incoming/burst {number}.jpg"
        etag = connection.upload(key, stream.getvalue())
        jobs.append(job_id(outputs["inputContainer"], key, etag, outputs["recipe"]))

    rows = [limited.finished(job) for job in jobs]

    assert {row.state for row in rows} == {"succeeded"}
    attempts = [entry["attempt"] for row in rows for entry in row.document["trace"]]
    assert max(attempts) > 3, "no call was throttled more often than other errors are retried"
    say(f"{UPLOADS} photos on {AT_ONCE} calls of a function: a step took up to {max(attempts)} attempts")

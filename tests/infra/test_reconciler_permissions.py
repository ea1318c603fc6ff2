"""The reconciler's role as the program grants it, enforced: just enough for its work."""

import json
from typing import Any

import pytest

from core.job import Job, Source
from core.trace import now

BUCKET = "twinlens-input"
ACTIONS = {
    "dynamodb:Query": "stuck",
    "dynamodb:GetItem": "stuck",
    "dynamodb:UpdateItem": "stuck",
    "states:ListExecutions": "stuck",
    "states:StartExecution": "stuck",
    "s3:ListBucket": "unclaimed",
    "dynamodb:Scan": "unclaimed",
}


class Cloud:
    """The places where the reconciler works, and the reconciler."""

    def __init__(self, enforced: Any, graph: Any) -> None:
        self.client = enforced.client
        self._ledger = enforced.table(graph, "twinlens-ledger")
        self.client("s3").create_bucket(Bucket=BUCKET)
        self._machine = enforced.machine(graph, {"end": {"Type": "Succeed"}})
        self.client("sns").create_topic(Name="twinlens-error")
        self.function = enforced.function(graph, "twinlens-reconciler", TWINLENS_PATIENCE_SECONDS="0")

    def lose(self, name: str, uploaded_at: str) -> None:
        """Have the ledger hold a job as claimed long ago."""
        source = Source(BUCKET, f"incoming/{name}.jpg", "e", 1)
        execution = f"{self._machine.replace(':stateMachine:', ':execution:')}:gone"
        job = Job(f"{name:0>32}", "gallery", source, execution, uploaded_at, uploaded_at)
        row = {"id": job.id, "state": "claimed", "open": "0", "document": json.dumps(job.to_document())}
        row |= dict.fromkeys(("claimed_at", "updated_at"), "2026-01-01T00:00:00.000Z")
        item = {name: {"S": value} for name, value in row.items()}
        self.client("dynamodb").put_item(TableName=self._ledger, Item=item)

    def find(self, what: str) -> Any:
        """Run the reconciler; return its answer."""
        return self.function({"find": what})


@pytest.fixture(scope="module")
def cloud(enforced, run):
    return Cloud(enforced, run({"cloud": "aws"}))


def test_it_can_do_its_work(cloud):
    cloud.lose("stuck", now())
    cloud.lose("lost", "2026-01-01T00:00:00.000Z")
    found = cloud.find("stuck")
    assert sorted(found.values()) == [1, 1, 1], found
    cloud.client("s3").put_object(Bucket=BUCKET, Key="incoming/unclaimed.jpg", Body=b"photo")
    assert cloud.find("unclaimed") == {"unclaimed: redriven": 1}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_permission_less_is_one_too_few(cloud, action):
    cloud.lose("stuck", now())
    cloud.client("s3").put_object(Bucket=BUCKET, Key="incoming/unclaimed.jpg", Body=b"photo")
    with cloud.function.without(action):
        failed = cloud.find(ACTIONS[action])
    assert failed["errorType"] == "StoreError", failed


def test_without_the_right_to_publish_a_lost_job_is_not_announced(cloud):
    cloud.lose("lost", "2026-01-01T00:00:00.000Z")
    with cloud.function.without("sns:Publish"):
        assert cloud.find("stuck")["errorType"] == "StoreError"

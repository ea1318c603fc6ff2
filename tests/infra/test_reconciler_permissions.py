"""The reconciler's role as the program grants it, enforced: just enough for its work."""

import json
from typing import Any

import pytest

from core.job import Job, Source
from core.trace import now

NAME = "twinlens-reconciler"
LEDGER, BUCKET = "twinlens-ledger", "twinlens-input"
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
    """The places where the reconciler works."""

    def __init__(self, enforced: Any, graph: Any) -> None:
        self._enforced, self._graph = enforced, graph
        self.client = enforced.client
        table = graph.one("Table").inputs
        (index,) = table["globalSecondaryIndexes"]
        self.client("dynamodb").create_table(
            TableName=LEDGER,
            BillingMode=table["billingMode"],
            AttributeDefinitions=[
                {"AttributeName": each["name"], "AttributeType": each["type"]} for each in table["attributes"]
            ],
            KeySchema=[{"AttributeName": table["hashKey"], "KeyType": "HASH"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": index["name"],
                    "KeySchema": [
                        {"AttributeName": each["attributeName"], "KeyType": each["keyType"]}
                        for each in index["keySchemas"]
                    ],
                    "Projection": {"ProjectionType": index["projectionType"]},
                }
            ],
        )
        self.client("s3").create_bucket(Bucket=BUCKET)
        trust = graph.one("Role", "twinlens-workflow-express").inputs["assumeRolePolicy"]
        machine_role = self.client("iam").create_role(RoleName="machine", AssumeRolePolicyDocument=trust)
        definition = {"StartAt": "end", "States": {"end": {"Type": "Succeed"}}}
        self._arns = {
            "arn:aws:dynamodb:us-east-1:123456789012:": "arn:aws:dynamodb:us-east-1:000000000000:table/",
            "arn:aws:s3:us-east-1:123456789012:": "arn:aws:s3:::",
            "arn:aws:sfn:us-east-1:123456789012:twinlens-workflow": self.client(
                "stepfunctions"
            ).create_state_machine(
                name="twinlens-workflow",
                definition=json.dumps(definition),
                roleArn=machine_role["Role"]["Arn"],
            )["stateMachineArn"],
            "arn:aws:sns:us-east-1:123456789012:twinlens-error": self.client("sns").create_topic(
                Name="twinlens-error"
            )["TopicArn"],
        }

    def lose(self, name: str, uploaded_at: str) -> None:
        """Have the ledger hold a job as claimed long ago."""
        source = Source(BUCKET, f"incoming/{name}.jpg", "e", 1)
        machine = self._arns["arn:aws:sfn:us-east-1:123456789012:twinlens-workflow"]
        execution = f"{machine.replace(':stateMachine:', ':execution:')}:gone"
        job = Job(f"{name:0>32}", "gallery", source, execution, uploaded_at, uploaded_at)
        row = {"id": job.id, "state": "claimed", "open": "0", "document": json.dumps(job.to_document())}
        row |= dict.fromkeys(("claimed_at", "updated_at"), "2026-01-01T00:00:00.000Z")
        item = {name: {"S": value} for name, value in row.items()}
        self.client("dynamodb").put_item(TableName=LEDGER, Item=item)

    def find(self, what: str, without: str = "") -> Any:
        """Run the reconciler under its role, less one action; return its answer."""
        patience = {"TWINLENS_PATIENCE_SECONDS": "0"}
        return self._enforced.function(self._graph, NAME, without, self._real, **patience)({"find": what})

    def _real(self, text: str) -> str:
        for mocked, real in self._arns.items():
            text = text.replace(mocked, real)
        return text


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
    failed = cloud.find(ACTIONS[action], without=action)
    assert failed["errorType"] == "StoreError", failed


def test_without_the_right_to_publish_a_lost_job_is_not_announced(cloud):
    cloud.lose("lost", "2026-01-01T00:00:00.000Z")
    assert cloud.find("stuck", without="sns:Publish")["errorType"] == "StoreError"

"""Every setting that an organization may ask for, at once, and a photo through the stack with all of them."""

import json

import boto3
import pytest
from emulated import configure, left_over

from local import stack
from local.environment import LocalStack

pytestmark = pytest.mark.e2e
MAIL = "ops@example.com"
ALL = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)


@pytest.fixture
def bound(running):
    """A policy that bounds roles, and a key."""
    iam, kms = boto3.client("iam"), boto3.client("kms")
    policy = iam.create_policy(PolicyName="bound", PolicyDocument=ALL)["Policy"]["Arn"]
    return policy, kms.create_key()["KeyMetadata"]["Arn"]


def test_a_photo_through_a_stack_with_every_setting_on_aws(bound, running, project, process):
    policy, key = bound
    steps = {"resize": {"memoryMb": 1536, "timeoutSeconds": 60}}
    shared = {"notifyEmail": MAIL, "softDeleteDays": 7, "monthlyBudget": 100}
    own = {
        "permissionsBoundary": policy,
        "rolePath": "/team/",
        "logLevel": "all",
        "kmsKey": key,
        "steps": steps,
    }
    configure(project, LocalStack.AWS, **shared, **own)
    outputs = stack.up(LocalStack.AWS, project)
    row, _ = process(LocalStack.AWS, outputs)
    assert row.state == "succeeded"
    memory = {entry["step"]: entry["memory_mb"] for entry in row.document["trace"]}
    assert memory == {name: 1536 if name == "resize" else 1024 for name in memory}
    assert set(stack.preview(LocalStack.AWS, project)) == {"same"}

    roles = boto3.client("iam").list_roles(PathPrefix="/team/")["Roles"]
    assert len(roles) > len(memory)
    s3 = boto3.client("s3")
    (rule,) = s3.get_bucket_encryption(Bucket=outputs["inputContainer"])["ServerSideEncryptionConfiguration"][
        "Rules"
    ]
    assert rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == key
    assert s3.get_bucket_versioning(Bucket=outputs["outputContainer"])["Status"] == "Enabled"
    account = boto3.client("sts").get_caller_identity()["Account"]
    (budget,) = boto3.client("budgets").describe_budgets(AccountId=account)["Budgets"]
    assert float(budget["BudgetLimit"]["Amount"]) == 100

    stack.destroy(LocalStack.AWS, project)
    assert left_over(running, outputs) == []
    assert not boto3.client("budgets").describe_budgets(AccountId=account).get("Budgets")


def test_a_photo_through_a_stack_with_every_setting_on_azure(running, project, process):
    """Without a key: no emulator has a vault."""
    settings = {"photoRedundancy": "ZRS", "softDeleteDays": 7, "monthlyBudget": 100, "logLevel": "warning"}
    configure(project, LocalStack.AZURE, notifyEmail=MAIL, **settings)
    outputs = stack.up(LocalStack.AZURE, project)
    row, _ = process(LocalStack.AZURE, outputs)
    assert row.state == "succeeded"
    assert set(stack.preview(LocalStack.AZURE, project)) == {"same"}
    stack.destroy(LocalStack.AZURE, project)
    assert left_over(running, outputs) == []

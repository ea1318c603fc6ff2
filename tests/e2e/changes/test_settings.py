"""Every setting that an organization may ask for, at once, and a photo through the stack with all of them."""

import json

import boto3
import pytest
from emulated import left_over

from local.environment import LocalStack
from local.providers.azure_native import arm, inventory

pytestmark = pytest.mark.e2e
MAIL = "ops@example.com"
GROUP = "shared"
VAULT_KEY = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/keys"
    "/providers/Microsoft.KeyVault/vaults/ours/keys/photos"
)
ALL = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)


@pytest.fixture
def bound(running):
    """A policy that bounds roles, and a key."""
    iam, kms = boto3.client("iam"), boto3.client("kms")
    policy = iam.create_policy(PolicyName="bound", PolicyDocument=ALL)["Policy"]["Arn"]
    return policy, kms.create_key()["KeyMetadata"]["Arn"]


@pytest.mark.parametrize("name", [LocalStack.AWS])
def test_a_photo_through_a_stack_with_every_setting_on_aws(bound, running, changing, process, name):
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
    outputs = changing.up(name, **shared, **own)
    row, _ = process(name, outputs)
    assert row.state == "succeeded"
    memory = {entry["step"]: entry["memory_mb"] for entry in row.document["trace"]}
    assert memory == {name: 1536 if name == "resize" else 1024 for name in memory}
    assert set(changing.preview(name)) == {"same"}

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

    changing.destroy(name)
    assert left_over(running, outputs) == []
    assert not boto3.client("budgets").describe_budgets(AccountId=account).get("Budgets")


@pytest.mark.parametrize("name", [LocalStack.AZURE])
def test_a_photo_through_a_stack_with_every_setting_on_azure(running, changing, process, name):
    """The emulators have no vault: the key is only a resource, which a role can be granted on."""
    shared = {"notifyEmail": MAIL, "softDeleteDays": 7, "monthlyBudget": 100}
    for each in (arm.group_id(GROUP), VAULT_KEY):
        inventory.remember(each, {"location": "eastus2"})
    own = {"photoRedundancy": "ZRS", "resourceGroup": GROUP, "logLevel": "warning", "kmsKey": VAULT_KEY}
    own["noSharedKeys"] = True
    outputs = changing.up(name, **shared, **own)
    row, _ = process(name, outputs)
    assert row.state == "succeeded"
    assert set(changing.preview(name)) == {"same"}
    changing.destroy(name)
    assert left_over(running, outputs) == []
    for each in (arm.group_id(GROUP), VAULT_KEY):
        inventory.forget(each)

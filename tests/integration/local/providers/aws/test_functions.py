import json


def test_who_and_where(provider):
    caller = provider.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})
    assert caller["accountId"] == "000000000000"
    assert caller["arn"].startswith("arn:aws:")
    assert provider.invoke("aws:index/getRegion:getRegion", {})["region"] == "us-east-1"
    assert provider.invoke("aws:index/getRegion:getRegion", {"region": "eu-west-1"})["name"] == "eu-west-1"
    assert provider.invoke("aws:index/getPartition:getPartition", {})["partition"] == "aws"


def test_policy_document(provider):
    statement = {
        "sid": "Read",
        "actions": ["s3:GetObject"],
        "resources": ["a", "b"],
        "principals": [{"type": "Service", "identifiers": ["lambda.amazonaws.com"]}],
        "conditions": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}],
    }
    made = provider.invoke(
        "aws:iam/getPolicyDocument:getPolicyDocument",
        {"policyId": "p", "statements": [statement, {"effect": "Deny"}]},
    )
    assert json.loads(made["json"]) == {
        "Version": "2012-10-17",
        "Id": "p",
        "Statement": [
            {
                "Effect": "Allow",
                "Sid": "Read",
                "Action": "s3:GetObject",
                "Resource": ["a", "b"],
                "Principal": {"Service": ["lambda.amazonaws.com"]},
                "Condition": {"Bool": {"aws:SecureTransport": ["true"]}},
            },
            {"Effect": "Deny"},
        ],
    }
    assert json.loads(made["minifiedJson"]) == json.loads(made["json"])

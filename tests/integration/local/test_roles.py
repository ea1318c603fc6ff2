"""MiniStack, which enforces IAM, names actions as AWS does."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError

ALIAS = {"FunctionName": "f", "Name": "live"}


def test_one_alias_is_read_with_the_right_to_read_it_and_not_with_that_to_list(enforcing_ministack):
    def client(service, key=enforcing_ministack.access_key, secret=enforcing_ministack.secret_key):
        keys = {"aws_access_key_id": key, "aws_secret_access_key": secret}
        return boto3.client(
            service, endpoint_url=enforcing_ministack.endpoint, region_name="us-east-1", **keys
        )

    codes = {}
    for action in ("lambda:GetAlias", "lambda:ListAliases"):
        name = action.replace(":", "-")
        iam = client("iam")
        iam.create_user(UserName=name)
        allowed = {"Effect": "Allow", "Action": action, "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        with pytest.raises(ClientError) as caught:
            client("lambda", key["AccessKeyId"], key["SecretAccessKey"]).get_alias(**ALIAS)
        codes[action] = caught.value.response["Error"]["Code"]
    assert codes == {
        "lambda:GetAlias": "ResourceNotFoundException",
        "lambda:ListAliases": "AccessDeniedException",
    }


@pytest.mark.parametrize(
    ("value", "code"), [("${aws:PrincipalAccount}", None), ("${aws:username}", "AccessDenied")]
)
def test_a_policy_s_variables_are_replaced(enforcing_ministack, value, code):
    def client(service, key, secret):
        return boto3.client(
            service,
            endpoint_url=enforcing_ministack.endpoint,
            region_name="us-east-1",
            aws_access_key_id=key,
            aws_secret_access_key=secret,
        )

    root = enforcing_ministack.access_key, enforcing_ministack.secret_key
    iam, name = client("iam", *root), f"variables-{len(value)}"
    client("s3", *root).create_bucket(Bucket=name)
    iam.create_user(UserName=name)
    own = {"StringEquals": {"aws:ResourceAccount": value}}
    allowed = {
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{name}/*",
        "Condition": own,
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    s3 = client("s3", key["AccessKeyId"], key["SecretAccessKey"])
    if code is None:
        s3.put_object(Bucket=name, Key="k", Body=b"")
        return
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket=name, Key="k", Body=b"")
    assert caught.value.response["Error"]["Code"] == code

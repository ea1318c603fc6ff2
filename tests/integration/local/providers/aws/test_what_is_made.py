"""What the emulator holds of a resource that was made, changed or removed."""

import json

import pytest
from aws_inputs import archive, bucket, function, policy, topic

from local.providers.aws.cloud import client


def test_function_runs_with_its_settings_and_tags(made):
    _, name, state = made.make("aws:lambda/function:Function", function(made, timeout=7, tags={"team": "a"}))
    found = client("lambda").get_function(FunctionName=name)
    configuration = found["Configuration"]
    assert (configuration["MemorySize"], configuration["Timeout"]) == (256, 7)
    assert configuration["Environment"]["Variables"] == {"Key": "one"}
    assert configuration["CodeSha256"] == state["codeSha256"]
    assert found["Tags"] == {"team": "a"}


def test_changed_code_is_delivered_and_tags_are_taken_back(made):
    inputs = function(made, tags={"team": "a", "stage": "x"})
    ask, name, state = made.make("aws:lambda/function:Function", inputs)
    changed = {
        **inputs,
        "name": name,
        "code": archive("def handler(e, c): return 3", "3"),
        "tags": {"team": "b"},
    }
    after = made.provider.update(ask, name, state, changed, preview=False)
    assert after["codeSha256"] != state["codeSha256"]
    assert client("lambda").get_function(FunctionName=name)["Tags"] == {"team": "b"}
    assert after["tagsAll"] == {"team": "b"}


def test_notification_to_eventbridge(made):
    inputs = {**bucket(made), "eventbridge": True}
    ask, identity, state = made.make("aws:s3/bucketNotification:BucketNotification", inputs)
    configured = client("s3").get_bucket_notification_configuration(Bucket=identity)
    assert "EventBridgeConfiguration" in configured
    made.provider.delete(ask, identity, state)
    assert "EventBridgeConfiguration" not in client("s3").get_bucket_notification_configuration(
        Bucket=identity
    )


def test_bucket_with_photos_goes_only_if_it_may(made):
    ask, name, state = made.make("aws:s3/bucket:Bucket", {})
    client("s3").put_object(Bucket=name, Key="a", Body=b"a")
    with pytest.raises(Exception, match="BucketNotEmpty"):
        made.provider.delete(ask, name, state)
    made.provider.delete(ask, name, {**state, "forceDestroy": True})
    assert not made.provider.exists(ask, name, state)


def test_topic_policy_and_queries_are_there(made):
    arn = topic(made)["arn"]
    state = made.make("aws:sns/topicPolicy:TopicPolicy", {"arn": arn, "policy": policy()})[2]
    assert json.loads(client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]) == json.loads(
        policy()
    )
    assert state["owner"]
    query = made.make(
        "aws:cloudwatch/queryDefinition:QueryDefinition", {"name": "slow", "queryString": "fields @a"}
    )
    assert query[2]["queryDefinitionId"] == query[1]

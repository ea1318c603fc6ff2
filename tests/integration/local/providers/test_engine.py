"""The real engine with the AWS plugin, over the life of a small stack."""

import json
import os
import sys
from pathlib import Path

import boto3
import pytest
from pulumi.automation import CommandError, ConfigValue

from components.engine import Command, Events, PulumiStack
from local.providers.install import install
from local.toolchain import pulumi

pytestmark = pytest.mark.e2e

PROJECT = {"name": "small", "runtime": "python"}
PROGRAM = """
import pulumi
import pulumi_aws as aws

config = pulumi.Config()
queue = aws.sqs.Queue("letters", delay_seconds=config.require_int("delay"))
topic = aws.sns.Topic("news", display_name=config.require_secret("word"))
bucket = aws.s3.Bucket(config.require("bucket"), force_destroy=True)
aws.s3.BucketNotification("events", bucket=bucket.id, eventbridge=True)
pulumi.export("url", queue.url)
pulumi.export("topic", topic.arn)
pulumi.export("loud", queue.arn.apply(lambda arn: arn.upper()))
pulumi.export("region", aws.get_region().region)
"""


class Small(PulumiStack):
    """A stack of the test's own, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        install(folder / "home", Path(sys.executable))
        tools = pulumi.ensure()
        path = (str(tools), str(Path(sys.executable).parent), os.environ["PATH"])
        environment = {
            "PATH": os.pathsep.join(path),
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": folder.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }
        self.folder = folder
        (folder / "Pulumi.yaml").write_text(json.dumps(PROJECT))
        self.write(PROGRAM)
        super().__init__("dev", folder, Command(tools / "pulumi", version=pulumi.version(tools)), environment)
        self.workspace.create_stack("dev")
        self.set_config("aws:region", ConfigValue("us-east-1"))

    def write(self, program: str) -> None:
        (self.folder / "__main__.py").write_text(program)

    def configure(self, **settings: str) -> None:
        self.set_all_config(
            {f"small:{name}": ConfigValue(value, secret=name == "word") for name, value in settings.items()}
        )

    def changes(self, act) -> dict[str, int]:
        events = Events()
        act(on_event=events)
        return events.changes


@pytest.fixture
def stack(aws, tmp_path):
    stack = Small(tmp_path)
    stack.configure(delay="1", word="hush-hush", bucket="engine-photos")
    return stack


def test_life_of_a_stack(stack, aws):
    sqs, s3 = boto3.client("sqs"), boto3.client("s3")
    assert stack.changes(stack.preview) == {"create": 5}
    stack.up()
    first = stack.values()
    assert first["loud"].startswith("ARN:AWS:SQS:US-EAST-1:")
    assert first["region"] == "us-east-1"
    assert stack.changes(stack.preview) == {"same": 5}
    assert stack.changes(stack.refresh) == {"same": 5}
    (kept,) = stack.folder.glob(".pulumi/stacks/**/dev.json")
    assert "hush-hush" not in kept.read_text()
    topic = boto3.client("sns").get_topic_attributes(TopicArn=first["topic"])
    assert topic["Attributes"]["DisplayName"] == "hush-hush"

    stack.configure(delay="2")
    assert stack.changes(stack.up) == {"same": 4, "update": 1}
    assert stack.values() == first
    attributes = sqs.get_queue_attributes(QueueUrl=first["url"], AttributeNames=["DelaySeconds"])
    assert attributes["Attributes"]["DelaySeconds"] == "2"

    stack.configure(bucket="engine-pictures")
    assert stack.changes(stack.up) == {"same": 3, "create": 1, "delete": 1, "replace": 1}
    names = [bucket["Name"].rsplit("-", 1)[0] for bucket in s3.list_buckets()["Buckets"]]
    assert "engine-pictures" in names
    assert "engine-photos" not in names

    sqs.delete_queue(QueueUrl=first["url"])
    stack.refresh()
    assert stack.changes(stack.up) == {"same": 4, "create": 1}

    stack.destroy()
    left = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    assert not [name for name in left if name.startswith("engine-pictures-")]


def test_what_the_cloud_would_refuse_is_refused_and_named(stack):
    """How the engine tells it; tests/unit/local/providers/test_check.py holds all that is checked."""

    def refusal(statement, act):
        stack.write(f"import pulumi_aws as aws\n{statement}\n")
        with pytest.raises(CommandError) as failed:
            act(color="never")
        return str(failed.value)

    misspelt = 'aws.lambda_.Function("f", role="r", tracing_config={"moode": "Active"})'
    assert "there is no property 'moode' (did you mean 'mode'?)" in refusal(misspelt, stack.preview)
    unserved = 'aws.ec2.Instance("i", ami="a", instance_type="t3.micro")'
    told = "The local stand-in does not serve the resource type aws:ec2/instance:Instance"
    assert told in refusal(unserved, stack.up)

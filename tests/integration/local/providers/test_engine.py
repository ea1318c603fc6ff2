"""The real engine with the AWS plugin, over the life of a small stack."""

import json
import os
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

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


class Stack:
    """A stack of the test's own, in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        install(folder / "home", Path(sys.executable))
        path = (str(pulumi.ensure()), str(Path(sys.executable).parent), os.environ["PATH"])
        self._environment = {
            **os.environ,
            "PATH": os.pathsep.join(path),
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": folder.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }
        (folder / "Pulumi.yaml").write_text(json.dumps(PROJECT))
        self.write(PROGRAM)
        self.run("stack", "init", "dev")
        self.run("config", "set", "aws:region", "us-east-1")

    def write(self, program):
        (self.folder / "__main__.py").write_text(program)

    def configure(self, **settings):
        for name, value in settings.items():
            self.run("config", "set", f"small:{name}", value, *(["--secret"] if name == "word" else []))

    def run(self, *arguments, fails=False):
        command = ["pulumi", "--non-interactive", "--color", "never", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self._environment, capture_output=True, text=True, timeout=300
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr if fails else done.stdout

    def preview(self):
        return json.loads(self.run("preview", "--json"))["changeSummary"]

    def up(self, **options):
        return self.run("up", "--yes", "--skip-preview", **options)

    def outputs(self):
        return json.loads(self.run("stack", "output", "--json"))


@pytest.fixture
def stack(aws, tmp_path):
    stack = Stack(tmp_path)
    stack.configure(delay="1", word="hush-hush", bucket="engine-photos")
    yield stack
    stack.run("destroy", "--yes", "--skip-preview")


def test_life_of_a_stack(stack, aws):
    sqs, s3 = boto3.client("sqs"), boto3.client("s3")
    assert stack.preview() == {"create": 5}
    stack.up()
    first = stack.outputs()
    assert first["loud"].startswith("ARN:AWS:SQS:US-EAST-1:")
    assert first["region"] == "us-east-1"
    assert stack.preview() == {"same": 5}
    assert "5 unchanged" in stack.run("refresh", "--yes", "--skip-preview")
    assert "hush-hush" not in stack.run("stack", "export")
    topic = boto3.client("sns").get_topic_attributes(TopicArn=first["topic"])
    assert topic["Attributes"]["DisplayName"] == "hush-hush"

    stack.configure(delay="2")
    assert stack.preview() == {"same": 4, "update": 1}
    stack.up()
    assert stack.outputs() == first
    attributes = sqs.get_queue_attributes(QueueUrl=first["url"], AttributeNames=["DelaySeconds"])
    assert attributes["Attributes"]["DelaySeconds"] == "2"

    stack.configure(bucket="engine-pictures")
    assert stack.preview() == {"same": 3, "create": 1, "delete": 1, "replace": 1}
    stack.up()
    names = [bucket["Name"].rsplit("-", 1)[0] for bucket in s3.list_buckets()["Buckets"]]
    assert "engine-pictures" in names
    assert "engine-photos" not in names

    sqs.delete_queue(QueueUrl=first["url"])
    stack.run("refresh", "--yes", "--skip-preview")
    assert stack.preview() == {"same": 4, "create": 1}
    stack.up()

    stack.run("destroy", "--yes", "--skip-preview")
    left = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    assert not [name for name in left if name.startswith("engine-pictures-")]
    stack.up()
    assert stack.preview() == {"same": 5}


# What a program says, and what the engine then tells.
REFUSED = {
    'aws.lambda_.Function("f", role="r", tracing_config={"moode": "Active"})': (
        "there is no property 'moode' (did you mean 'mode'?)"
    ),
    'aws.dynamodb.Table("t", hash_key="id", attributes=[{"name": "id"}])': (
        "the required property 'type' is missing"
    ),
    'aws.sqs.Queue("q", delay_seconds="soon")': (
        "'soon' is not allowed; delaySeconds must be a whole number"
    ),
    'aws.lambda_.Function("f", role="r", runtime="python3.31", handler="h", s3_bucket="b")': (
        "'python3.31' is not allowed (did you mean 'python3."
    ),
    'aws.ec2.Instance("i", ami="a", instance_type="t3.micro")': (
        "The local stand-in does not serve the resource type aws:ec2/instance:Instance"
    ),
}


def test_what_the_cloud_would_refuse_is_refused_and_named(stack):
    for statement, told in REFUSED.items():
        stack.write(f"import pulumi_aws as aws\n{statement}\n")
        assert told in stack.run("preview", fails=True)
    assert told in stack.up(fails=True)

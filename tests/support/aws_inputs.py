"""Inputs of AWS resources, and the resources that others need, made through the stand-in."""

import json

from local.providers import wire
from local.providers.provider import Ask

ANYBODY = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
CODE = {wire.SIGNATURE: wire.ASSET, "text": "def handler(event, context): return event"}
PASS = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}


def trust(service):
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def policy(**changes):
    return json.dumps({"Version": "2012-10-17", "Statement": [{**ANYBODY, **changes}]})


def archive(text="def handler(event, context): return event", digest="1"):
    asset = {**CODE, "text": text}
    return {wire.SIGNATURE: wire.ARCHIVE, "hash": digest, "assets": {"code.py": asset}}


class Made:
    """Resources that a test makes through the stand-in, as the engine would."""

    def __init__(self, provider):
        self.provider = provider
        self._undo = []

    def make(self, token, inputs):
        ask = Ask(token, "test", b"")
        checked, wrong = self.provider.check(ask, {}, inputs)
        assert wrong == []
        identity, state = self.provider.create(ask, wire.decode(wire.encode(checked)), preview=False)
        wire.encode(state)
        self._undo.append((ask, identity, state))
        return ask, identity, state

    def undo(self):
        for ask, identity, state in reversed(self._undo):
            self.provider.delete(ask, identity, state)


def bucket(made):
    return {"bucket": made.make("aws:s3/bucket:Bucket", {})[1]}


def queue(made):
    return made.make("aws:sqs/queue:Queue", {})[2]


def topic(made):
    return made.make("aws:sns/topic:Topic", {})[2]


def role(made):
    return made.make("aws:iam/role:Role", {"assumeRolePolicy": trust("lambda.amazonaws.com")})[2]


def function(made, **changes):
    inputs = {
        "role": role(made)["arn"],
        "code": archive(),
        "handler": "code.handler",
        "runtime": "python3.13",
        "memorySize": 256,
        "environment": {"variables": {"Key": "one"}},
        **changes,
    }
    return inputs


def rule(made):
    pattern = json.dumps({"source": ["aws.s3"]})
    return made.make("aws:cloudwatch/eventRule:EventRule", {"eventPattern": pattern})[2]

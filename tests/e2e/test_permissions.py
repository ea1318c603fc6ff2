"""The deployed AWS pipeline under the roles that its components grant: enough, and no action too many.

The emulators enforce the roles for every end-to-end test. Here the roles lose one action at a time.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from roles import Role
from typer.testing import CliRunner

from cli.main import app
from core.job import job_id
from core.ledger import OPEN
from core.workflow.photo import PIPELINE
from local.environment import LocalStack

pytestmark = pytest.mark.e2e

ACTIONS = {"s3:GetObject": "reads", "s3:PutObject": "writes"}
LOSSES = [
    (step.name, action)
    for step in PIPELINE.steps()
    for action, places in ACTIONS.items()
    if getattr(step, places)
]
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
# What no emulator takes part in; tests/infra/test_roles.py holds the statements, which know no resources.
TRACES = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
}
CALLS = {"lambda:InvokeFunction", "dynamodb:PutItem", "dynamodb:UpdateItem", "sns:Publish"}
# Of the machine of batches and of the function that sums one up, besides what every machine or function has.
ITEMS = {"states:StartExecution", "states:DescribeExecution"}
ITEMS |= {
    f"s3:{each}" for each in ("GetObject", "PutObject", "ListMultipartUploadParts", "AbortMultipartUpload")
}
SUMMARY = {"dynamodb:GetItem", "s3:GetObject", "s3:PutObject"}


@dataclass
class Granted:
    """The roles of a deployed pipeline, found where the emulator has them."""

    functions: dict[str, Role]
    logs: dict[str, str]
    machine: Role
    rule: Role


@pytest.fixture
def aws(stands):
    return stands[LocalStack.AWS]


@pytest.fixture
def granted(aws):
    machine = aws.deployment.outputs["workflow"]
    described = boto3.client("stepfunctions").describe_state_machine(stateMachineArn=machine)
    functions, logs = {}, {}
    for listed in boto3.client("lambda").list_functions()["Functions"]:
        if listed["FunctionArn"] in described["definition"]:
            step = listed["Environment"]["Variables"]["TWINLENS_STEP"]
            functions[step] = Role(listed["Role"].rsplit("/", 1)[-1])
            logs[step] = listed["LoggingConfig"]["LogGroup"]
    [rule] = boto3.client("events").list_rule_names_by_target(TargetArn=machine)["RuleNames"]
    [target] = boto3.client("events").list_targets_by_rule(Rule=rule)["Targets"]
    return Granted(
        functions,
        logs,
        Role(described["roleArn"].rsplit("/", 1)[-1]),
        Role(target["RoleArn"].rsplit("/", 1)[-1]),
    )


@pytest.fixture
def upload(aws, photo):
    """Upload a photo; return its job's id and its key."""

    def send(what):
        deployment = aws.deployment
        key = deployment.key(f"without {what}.jpg")
        etag = deployment.connection.upload(key, photo)
        return job_id(deployment.outputs["inputContainer"], key, etag, deployment.outputs["recipe"]), key

    return send


@pytest.fixture
def recover(aws, wait):
    """With the roles whole again, bring the jobs to their good end, as an operator does."""

    def run(jobs):
        for command in (["reconcile", "--older-than", "0"], ["redrive"]):
            done = CliRunner().invoke(app, ["jobs", *command, "-s", aws.deployment.stack])
            assert done.exit_code == 0, done.output
        for job in jobs:
            wait(lambda job=job: succeeded(aws.deployment.row(job)), f"job {job} to succeed after all")

    return run


def succeeded(row):
    return row if row is not None and row.state == "succeeded" else None


def failed_execution(machine, key, begun):
    """Return the failed execution for this upload, if there is one since ``begun``."""
    states = boto3.client("stepfunctions")
    for each in states.list_executions(stateMachineArn=machine, statusFilter="FAILED")["executions"]:
        if each["startDate"] >= begun:
            told = states.describe_execution(executionArn=each["executionArn"])
            if json.loads(told["input"])["detail"]["object"]["key"] == key:
                return told
    return None


def test_every_action_that_is_granted_is_taken_away_below(granted):
    functions = {step: role.actions() - LOGS - TRACES for step, role in granted.functions.items()}
    assert {(step, action) for step, actions in functions.items() for action in actions} == set(LOSSES)
    assert all(role.actions() >= LOGS for role in granted.functions.values())
    known = CALLS | TRACES
    assert granted.machine.actions() >= CALLS
    assert all(each in known or each.startswith("logs:") for each in granted.machine.actions())
    assert granted.rule.actions() == {"states:StartExecution"}


def test_a_step_without_one_of_its_actions_fails_the_job(aws, granted, upload, recover):
    lost = []
    for step, action in LOSSES:
        with granted.functions[step].without(action):
            job, _ = upload(f"{step} {action}")
            row = aws.finished(job)
        assert row.state == "failed", f"{step} needs no {action}"
        assert "AWS denies" in row.document["error"]["message"]
        assert row.document["artifacts"] == []
        lost.append(job)
    recover(lost)


@pytest.mark.parametrize("action", sorted(LOGS))
def test_a_function_without_its_log_actions_writes_no_log(aws, granted, upload, action):
    def streams():
        pages = boto3.client("logs").get_paginator("describe_log_streams")
        return sum(len(each["logStreams"]) for each in pages.paginate(logGroupName=granted.logs["validate"]))

    before = streams()
    aws.finished(upload(f"nothing for {action}")[0])
    assert streams() == before + 1
    with granted.functions["validate"].without(action):
        aws.finished(upload(f"validate {action}")[0])
    assert streams() == before + 1


def test_a_state_machine_without_one_of_its_actions_finishes_no_job(aws, granted, upload, recover, wait):
    lost = []
    for action in sorted(CALLS):
        begun = datetime.now(UTC) - timedelta(seconds=1)  # the emulator rounds
        with granted.machine.without(action):
            job, key = upload(f"machine {action}")
            wait(
                lambda key=key, begun=begun: failed_execution(aws.deployment.outputs["workflow"], key, begun),
                f"an execution to fail without {action}",
            )
        assert not [topic for topic, _ in aws.notifications(job) if topic == "success"]
        lost.append(job)
    recover(lost)


def test_an_event_that_the_rule_may_not_deliver_waits_to_be_redriven(aws, granted, upload, recover, wait):
    count = "ApproximateNumberOfMessages"

    def waiting():
        queue = aws.deployment.outputs["deadLetters"]
        told = boto3.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=[count])
        return int(told["Attributes"][count]) or None

    with granted.rule.without("states:StartExecution"):
        job, _ = upload("rule states:StartExecution")
        wait(waiting, "the event among the dead letters")
        assert aws.deployment.row(job) is None
    recover([job])


@pytest.fixture
def batches(aws):
    """The roles of the machine of batches and of the function that sums one up."""
    described = boto3.client("stepfunctions").describe_state_machine(
        stateMachineArn=aws.deployment.outputs["batch"]
    )
    [summary] = [
        each["Role"]
        for each in boto3.client("lambda").list_functions()["Functions"]
        if "-batch-summary" in each["FunctionName"]
    ]
    return [Role(arn.rsplit("/", 1)[-1]) for arn in (described["roleArn"], summary)]


def failures(machine):
    """Return the machine's executions that failed."""
    found = boto3.client("stepfunctions").list_executions(stateMachineArn=machine, statusFilter="FAILED")
    return {each["executionArn"] for each in found["executions"]}


def test_a_batch_without_one_of_its_actions_fails_and_is_made_good_later(aws, batches, photo, wait):
    def run(command, *arguments):
        whole = [command, *arguments, "-s", aws.deployment.stack]
        return CliRunner().invoke(app, whole)

    machine, summary = batches
    assert machine.actions() - TRACES == CALLS | ITEMS | {
        each for each in machine.actions() if each.startswith("logs:")
    }
    assert summary.actions() - TRACES - LOGS == SUMMARY
    made = []
    for role, actions in ((machine, CALLS | ITEMS), (summary, SUMMARY)):
        for action in sorted(actions):
            prefix = f"archive/permissions/{role.name[-20:]}-{action}/"
            aws.deployment.connection.upload(f"{prefix}a.jpg", photo)
            before = failures(aws.deployment.outputs["batch"])
            with role.without(action):
                done = run("batch", "--prefix", prefix, "--json")
                made.append(json.loads(done.stdout)["id"])
                wait(
                    lambda before=before: failures(aws.deployment.outputs["batch"]) - before or None,
                    f"a batch to fail without {action}",
                )
    for each in made:
        if aws.deployment.row(each) is not None:  # one that could not be claimed has none
            run("batch", "redrive", each, "--older-than", "0", "--wait")
    done = run("batch", "--prefix", "archive/permissions/", "--wait", "--json")
    assert done.exit_code == 0, done.output
    assert not [each.key for each in aws.deployment.rows() if each.id in made and each.state in OPEN]

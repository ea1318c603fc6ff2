"""The durable function on AWS makes the same pictures stepwise and fused.

Its roles lose one action at a time; and its code changes while an execution waits for a person. That its
pictures are those of a state machine is in test_switching.py.
"""

from contextlib import contextmanager
from io import BytesIO

import boto3
import pytest
import requests
from additions import replace
from PIL import Image
from roles import Role
from typer.testing import CliRunner
from usual import DURABLE

from cli.main import app
from core.job import Job, job_id
from core.ledger import AWAITING

pytestmark = pytest.mark.e2e
# What its role may do; only an execution that goes on asks for its state, which a fused one seldom does.
NEEDED = (
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "lambda:CheckpointDurableExecution",
    "lambda:GetDurableExecutionState",
    "lambda:InvokeFunction",
    "sns:Publish",
)
NEEDED_FUSED = ("s3:GetObject", "s3:PutObject")
TRACES = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}  # MiniStack takes none
WAKE_IT = "lambda:SendDurableExecutionCallbackSuccess"
WAKE = {WAKE_IT, "states:SendTaskSuccess"}
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
# A photo is to wait for as long as it takes to deploy the stack.
FUSED = {"granularity": "fused", "review": "flagged", "reviewSeconds": 3600}


@pytest.fixture(params=DURABLE[:1])
def name(request):
    return request.param


@pytest.fixture(params=DURABLE[1:])
def orchestrator(request):
    return request.param


class Durable:
    """The durable function of a stack, and its executions."""

    def __init__(self, outputs):
        self.alias = outputs["workflow"]
        self.name = self.alias.split(":")[6]
        config = boto3.client("lambda").get_function_configuration(FunctionName=self.name)
        self.role = Role(config["Role"].rpartition("/")[2])

    def version(self):
        """Return the version that the alias stands for."""
        alias = self.alias.rpartition(":")[2]
        return boto3.client("lambda").get_alias(FunctionName=self.name, Name=alias)["FunctionVersion"]

    def ended(self, *how):
        """Return the ARNs of its version's executions that ended, or ended so."""
        listed = boto3.client("lambda").list_durable_executions_by_function(
            FunctionName=self.name, Qualifier=self.version(), Statuses=how or ("SUCCEEDED", "FAILED")
        )
        return {each["DurableExecutionArn"] for each in listed["DurableExecutions"]}

    @contextmanager
    def one_that_fails(self, wait, what):
        """Wait for a failed execution that the block began."""
        before = self.ended("FAILED")
        yield
        wait(lambda: self.ended("FAILED") - before or None, what)


def send(stand, key, data):
    """Upload a picture and return its job's id."""
    outputs = stand.deployment.outputs
    etag = stand.deployment.connection.upload(key, data)
    return job_id(outputs["inputContainer"], key, etag, outputs["recipe"])


def recover(stand, *commands):
    for command in commands:
        done = CliRunner().invoke(app, ["jobs", *command, "-s", stand.deployment.stack])
        assert done.exit_code == 0, done.output


@pytest.fixture
def deploy(changing, running, connect_stand, name, orchestrator):
    """Deploy the stack with the durable function; return the stand and the function."""

    def up(**settings):
        outputs = changing.up(name, orchestrator=orchestrator, **settings)
        return connect_stand(name, running, outputs), Durable(outputs)

    return up


@pytest.fixture
def stepwise(usual, running, connect_stand, name):
    return connect_stand(name, running, usual), Durable(usual)


@pytest.fixture
def fused(deploy):
    return deploy(**FUSED)


@pytest.fixture(scope="module")
def pictures():
    """What was made of the photo, by granularity."""
    return {}


def test_stepwise_one_of_three_events_makes_the_pictures(stepwise, photo, pictures, wait):
    pictures["stepwise"], steps = once(*stepwise, "incoming/three events.jpg", photo, wait)
    assert {"resize", "apply_filters", "optimize"} <= steps
    assert all(each == pictures["stepwise"] for each in pictures.values())


def test_fused_one_of_three_events_makes_the_same_pictures(fused, photo, pictures, wait):
    pictures["fused"], steps = once(*fused, "incoming/three events, fused.jpg", photo, wait)
    assert "process" in steps
    assert all(each == pictures["fused"] for each in pictures.values())


def once(stand, durable, key, photo, wait):
    """Deliver a photo three times; return its pictures and the steps of the one job."""
    before = durable.ended()
    job = send(stand, key, photo)
    row = stand.claimed(job)
    stand.deliveries.deliver(key, row.etag, len(photo), times=2)
    wait(lambda: len(durable.ended() - before) == 3 or None, "the end of three executions")
    row = stand.finished(job)
    assert row.state == "succeeded", row.document["error"]
    assert [topic for topic, _ in stand.notified(job)] == ["success"]
    found = boto3.client("lambda").get_durable_execution(DurableExecutionArn=row.document["execution"])
    assert found["Status"] == "SUCCEEDED"
    made = Job.from_document(row.document)
    read = {each.name: stand.deployment.read_output(each.key) for each in made.artifacts}
    assert read
    return read, {entry.step for entry in made.trace}


def test_stepwise_it_needs_every_action_that_it_is_granted(stepwise, photo, wait):
    needs(*stepwise, NEEDED, photo, wait)


def test_fused_it_needs_every_action_that_it_is_granted(fused, photo, wait):
    needs(*fused, NEEDED_FUSED, photo, wait)


def needs(stand, durable, actions, photo, wait):
    """Without one of them it finishes no job, and with all again every one is brought to its good end."""
    assert durable.role.actions() == {*NEEDED, *NEEDED_FUSED} | LOGS | TRACES
    jobs = []
    for action in actions:
        with durable.role.without(action), durable.one_that_fails(wait, f"a failure without {action}"):
            jobs.append(send(stand, f"incoming/without {action}.jpg", photo))
        assert not [topic for topic, _ in stand.notifications(jobs[-1]) if topic == "success"]
    recover(stand, ["reconcile", "--older-than", "0"], ["redrive"])
    for job in jobs:
        wait(lambda job=job: succeeded(stand.deployment.row(job)), f"job {job} to succeed after all")


def succeeded(row):
    return row if row is not None and row.state == "succeeded" else None


def test_an_event_that_the_rule_may_not_deliver_waits_to_be_redriven(fused, photo, wait):
    stand, durable = fused
    [rule] = boto3.client("events").list_rule_names_by_target(TargetArn=durable.alias)["RuleNames"]
    [target] = boto3.client("events").list_targets_by_rule(Rule=rule)["Targets"]
    role = Role(target["RoleArn"].rpartition("/")[2])
    assert role.actions() == {"lambda:InvokeFunction"}
    queue = boto3.resource("sqs").Queue(stand.deployment.outputs["deadLetters"])

    def letters():
        queue.load()
        return int(queue.attributes["ApproximateNumberOfMessages"]) or None

    with role.without("lambda:InvokeFunction"):
        job = send(stand, "incoming/undelivered.jpg", photo)
        wait(letters, "the event among the dead letters")
        assert stand.deployment.row(job) is None
    recover(stand, ["redrive"])
    assert stand.finished(job).state == "succeeded"


def test_the_reconciler_needs_its_actions_on_the_function_to_send_a_job_on(fused, photo, wait):
    stand, durable = fused
    with durable.role.without("dynamodb:UpdateItem"), durable.one_that_fails(wait, "the execution to fail"):
        job = send(stand, "incoming/stuck.jpg", photo)
    name, role = function_of("twinlens-reconciler")

    def look():
        found = boto3.client("lambda").invoke(FunctionName=name, Payload=b'{"find": "stuck"}')
        return found.get("FunctionError")

    for action in ("lambda:GetDurableExecution", "lambda:InvokeFunction"):
        with role.without(action):
            wait(look, f"the reconciler to fail without {action}")
    wait(lambda: succeeded(stand.deployment.row(job)) if look() is None else None, "the job to succeed")


@pytest.fixture
def animation():
    """An animation, which the recipe of these stacks flags."""
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("green", "blue")]
    file = BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    return file.getvalue()


@pytest.fixture
def rewrite(changing, name):
    """Change what a step writes; afterwards the copy of the project is as it was."""
    step = changing.folder / "core/steps/write_size.py"
    before = step.read_text()
    replace(step, ' bytes"', ' octets"')
    yield
    step.write_text(before)
    changing.standing.pop(name, None)


def test_an_execution_ends_on_the_version_that_it_began_with(
    deploy, changing, wait, request, animation, photo, name
):
    """A photo waits for a person while the code changes; whoever decides needs a permission to wake it."""
    stand, durable = deploy(**FUSED)
    job, began = send(stand, "incoming/waits.gif", animation), durable.version()
    wait(lambda: waiting(stand.deployment.row(job)), "the photo to wait")
    [link] = [told["link"] for topic, told in stand.notified(job) if topic == "review"]

    request.getfixturevalue("rewrite")
    changing.standing.pop(name)
    deploy(**FUSED)
    assert durable.version() != began
    assert size_of(stand, send(stand, "incoming/after.jpg", photo)) == b"%d octets" % len(photo)

    _, role = function_of("twinlens-review")
    assert {each for each in role.actions() if ":Send" in each} == WAKE
    with role.without(WAKE_IT):
        assert decide(link, "approved").status_code == 202  # decided, but not told
    assert stand.deployment.row(job).state == AWAITING
    assert decide(link, "refused").status_code == 409  # it was decided before, and is told of that now
    assert size_of(stand, job) == b"%d bytes" % len(animation)
    function = durable.alias.rpartition(":")[0]
    execution = stand.deployment.row(job).document["execution"]
    assert execution.startswith(f"{function}:{began}/durable-execution/")


def waiting(row):
    return row if row is not None and row.state == AWAITING and row.token else None


def size_of(stand, job):
    """Return what the step wrote that was added."""
    done = Job.from_document(stand.finished(job).document)
    return stand.deployment.read_output(f"{done.output_prefix}size.txt")


def function_of(prefix):
    """Return the name and the role of the function whose name begins so."""
    listed = boto3.client("lambda").list_functions()["Functions"]
    [config] = [each for each in listed if each["FunctionName"].startswith(prefix)]
    return config["FunctionName"], Role(config["Role"].rpartition("/")[2])


def decide(link, decision):
    """Send the form of the page."""
    page, _, query = link.partition("?")
    fields = dict(each.split("=") for each in query.split("&"))
    return requests.post(page, {**fields, "decision": decision}, timeout=60)

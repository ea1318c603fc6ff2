"""The deployer's policies, enforced by MiniStack: a whole life of a stack under them."""

import json
import os
import re
import subprocess
import uuid

import boto3
import pytest

from bench.connections import connect
from core.errors import StoreError
from core.job import job_id
from core.recovery.jobs import Recovery
from handlers.aws import clients
from local import environment, state
from local.emulators.setup import pulumi_backend
from local.state import AzureEmulator, LocalState
from tools.deployer.__main__ import FOLDER

pytestmark = pytest.mark.e2e
UNLOCATED = re.compile(
    r"lambda:CreateFunction|cloudwatch:(?!PutMetricAlarm).*|events:.*(Target|Tag).*|(sns|states):.*Tag.*"
)
AT_ONCE = ("--yes", "--skip-preview", "--color", "never")
NO_AZURE = AzureEmulator(blob="", queue="", table="", key="", accounts=(), control="", token="", pids={})


class Account:
    """An AWS account whose calls are checked, and people in it with a policy each."""

    def __init__(self, emulator):
        root = {"aws_access_key_id": emulator.access_key, "aws_secret_access_key": emulator.secret_key}
        self._endpoint = emulator.endpoint
        self._iam = self.client("iam", root)

    def client(self, service, keys):
        return boto3.client(service, endpoint_url=self._endpoint, region_name="us-east-1", **keys)

    def person(self, *policies):
        """Make somebody with these policies; return the variables that sign in as them."""
        name = f"person-{uuid.uuid4().hex[:8]}"
        self._iam.create_user(UserName=name)
        for number, policy in enumerate(policies):
            self._iam.put_user_policy(
                UserName=name, PolicyName=f"p{number}", PolicyDocument=json.dumps(policy)
            )
        key = self._iam.create_access_key(UserName=name)["AccessKey"]
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


@pytest.fixture(scope="module")
def account(enforcing_ministack, tmp_path_factory):
    folder = tmp_path_factory.mktemp("deployer")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(state.VARIABLE, str(folder / "local.json"))
        state.save(LocalState(aws=enforcing_ministack, azure=NO_AZURE, pulumi=pulumi_backend(folder)))
        yield Account(enforcing_ministack)


@pytest.fixture
def pulumi(account, tmp_path):
    """Run Pulumi as somebody, on a copy of the stack's settings that may be changed."""
    settings = tmp_path / "Pulumi.aws-local.yaml"
    settings.write_text((state.CHECKOUT / settings.name).read_text())

    def run(person, *arguments, change=""):
        settings.write_text(settings.read_text().replace("config:\n", f"config:\n{change}"))
        own = () if arguments[0] == "stack" else ("--config-file", str(settings))
        return subprocess.run(
            ["pulumi", "--non-interactive", *arguments, "--stack", "aws-local", *own],
            cwd=state.CHECKOUT,
            env={**os.environ, **environment.variables(), **person},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def done(run):
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def refused(run, action):
    assert run.returncode != 0
    assert f"not authorized to perform: {action}" in run.stdout, run.stdout


@pytest.fixture
def sign_in(account, monkeypatch):
    """Have this process call AWS as somebody."""

    def forget():
        clients.client.cache_clear()
        clients._session.cache_clear()  # it holds on to whom it found first

    def enter(person):
        forget()
        for name, value in {**environment.variables(), **person}.items():
            monkeypatch.setenv(name, value)

    yield enter
    forget()


def policy(name):
    """Read a policy, and put right what MiniStack takes for the resource of a call.

    It names a rule of the default bus with the bus, which AWS does not, and does not look into the body of
    some calls, which it then checks against all resources.
    """
    document = json.loads((FOLDER / f"{name}.json").read_text().replace(":rule/", ":rule/default/"))
    granted = {action for each in document["Statement"] for action in listed(each["Action"])}
    unlocated = sorted(filter(UNLOCATED.fullmatch, granted))
    if unlocated:
        document["Statement"].append({"Effect": "Allow", "Action": unlocated, "Resource": "*"})
    return document


def without(document, action):
    statements = [
        {**each, "Action": [one for one in listed(each["Action"]) if one != action]}
        for each in document["Statement"]
    ]
    return {**document, "Statement": statements}


def listed(value):
    return [value] if isinstance(value, str) else value


def ended(row):
    return row if row is not None and row.state != "claimed" else None


def test_a_stack_s_whole_life_under_the_policies(account, pulumi, sign_in, photo, wait):
    deployer = account.person(policy("aws-deployer"))
    previewer = account.person(policy("aws-preview"))
    user, operator = account.person(policy("aws-user")), account.person(policy("aws-operator"))

    done(pulumi(deployer, "stack", "select", "--create"))
    done(pulumi(deployer, "up", *AT_ONCE))
    done(pulumi(deployer, "refresh", *AT_ONCE, "--expect-no-changes"))
    outputs = json.loads(done(pulumi(deployer, "stack", "output", "--json")))

    sign_in(user)
    cloud = connect(outputs)
    etag = cloud.upload("incoming/a.jpg", photo)
    job = job_id(outputs["inputContainer"], "incoming/a.jpg", etag, "gallery")
    row = wait(lambda: ended(cloud.ledger.get(job)), f"job {job} to end")
    assert row.state == "succeeded"
    assert [each.id for each in cloud.ledger.list()] == [job]
    assert row.document["artifacts"]
    for each in row.document["artifacts"]:
        assert cloud.outputs.get(each["key"], 1 << 20)
    with pytest.raises(StoreError):
        list(cloud.intake.uploads())

    sign_in(operator)
    (upload,) = cloud.intake.uploads()
    cloud.intake.deliver(upload)
    recovery = Recovery(cloud.ledger, cloud.intake, cloud.notifier, "gallery")
    assert list(recovery.redrive(cloud.dead_letters)) == []

    more = "  twinlens:memoryMb: 1536\n  twinlens:maxConcurrency: 10\n"
    less = account.person(without(policy("aws-deployer"), "lambda:PutFunctionConcurrency"))
    refused(pulumi(less, "up", *AT_ONCE, change=more), "lambda:PutFunctionConcurrency")
    assert "to update" in done(pulumi(previewer, "preview"))
    refused(pulumi(previewer, "up", *AT_ONCE), "lambda:")
    done(pulumi(deployer, "up", *AT_ONCE, change="  twinlens:granularity: fused\n"))
    done(pulumi(deployer, "destroy", *AT_ONCE))

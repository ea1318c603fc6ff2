"""Who is asked what a run was billed."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from bench import accounts
from bench.accounts import BILLED, collect_run
from bench.stack import DeployedStack
from compare.folder import RunFolder
from compare.run import RunError


@pytest.fixture
def folder(tmp_path, make_head, make_record):
    return RunFolder(tmp_path, make_head("aws-local", ["a.jpg"]), (make_record("a.jpg"),))


def account(monkeypatch, module, name):
    """Stand for an account that answers with what it was given."""

    class Account:
        def __init__(self, window, **given):
            self.given = {"window": window, **given}

        def collect(self):
            return self.given

    monkeypatch.setattr(f"compare.collecting.{module}.collect.{name}", Account)


def test_aws_is_asked_in_the_stacks_region_with_patience(folder, monkeypatch):
    account(monkeypatch, "aws", "AwsAccount")
    made = []
    monkeypatch.setattr("boto3.client", lambda service, **given: made.append((service, given)) or object())
    asked = BILLED["aws"]({"region": "eu-west-1"}, folder)
    assert asked["run"] is folder.run
    assert asked["records"] == folder.jobs
    assert asked["client"]("logs") is asked["client"]("logs")
    ((service, given),) = made
    assert (service, given["region_name"]) == ("logs", "eu-west-1")
    assert given["config"].retries == {"mode": "adaptive", "max_attempts": 10}


def test_azure_is_asked_as_the_person_signed_in(folder, monkeypatch):
    account(monkeypatch, "azure", "AzureAccount")
    monkeypatch.setattr("azure.identity.DefaultAzureCredential", lambda: "me")
    asked = BILLED["azure"]({"region": "eastus2"}, folder)
    assert asked["outputs"] == {"region": "eastus2"}
    assert asked["arm"] is not asked["workspace"]


def test_only_the_runs_own_stack_is_asked(folder):
    outputs = {name: getattr(folder.run, name) for name in accounts.SAME} | {"metered": {}}
    stack = DeployedStack("mine", outputs, SimpleNamespace(), "emulator")
    for name in accounts.SAME:
        other = replace(stack, outputs={**outputs, name: "other"})
        with pytest.raises(RunError, match=f"with the {name} {outputs[name]}, but the stack mine has other"):
            collect_run(other, folder)


def test_a_platform_that_nobody_knows_is_refused_by_name(folder):
    outputs = {name: getattr(folder.run, name) for name in accounts.SAME} | {"metered": {}, "cloud": "gcp"}
    strange = replace(folder, run=replace(folder.run, cloud="gcp"))
    with pytest.raises(RunError, match="was made on 'gcp'; only aws, azure report usage"):
        collect_run(DeployedStack("mine", outputs, SimpleNamespace(), "emulator"), strange)

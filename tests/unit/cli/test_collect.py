"""The command that asks what was billed, with a platform that answers at once."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from bench import accounts
from bench.accounts import collect_run
from bench.stack import DeployedStack
from cli.main import app
from compare.collecting.billed import Billed, Figure, Gap, read
from compare.folder import read as read_folder
from compare.folder import write_head
from compare.run import RunError

METERED = {"metered": {"logGroups": {}}}


@pytest.fixture
def stack(clouds, monkeypatch):
    """Let the stacks tell where their platforms keep account."""
    of = DeployedStack.of
    monkeypatch.setattr(
        DeployedStack, "of", lambda name: replace(made := of(name), outputs={**made.outputs, **METERED})
    )


@pytest.fixture
def folder(run, stack, photos, tmp_path):
    """A run of one burst."""
    out = tmp_path / "runs"
    arguments = ["bench", "-s", "aws-local", "--photos", str(photos), "--out", str(out)]
    arguments += ["--bursts", "1", "--burst-size", "2", "--warm-up", "0"]
    run.invoke(app, arguments)
    return next(out.iterdir())


@pytest.fixture
def told(monkeypatch):
    """What the platform says; a test may change it."""
    gaps = [Gap(("aws.xray.traces",), "X-Ray", "It does not tell.")]

    def billed(outputs, folder):
        assert outputs["metered"] == METERED["metered"]
        figures = (Figure("aws.lambda.requests", Decimal(9), "REPORT lines", "jobs"),)
        return Billed("2026-01-05T13:00:00Z", folder.run.started, folder.run.ended, figures, tuple(gaps))

    monkeypatch.setitem(accounts.BILLED, "aws", billed)
    return gaps


def test_keeps_what_was_reported_and_compares_it(run, folder, told):
    done = run.invoke(app, ["collect", str(folder)])
    assert done.exit_code == 0, done.output
    assert "aws.lambda.requests" in done.output
    assert "Not reported: aws.xray.traces (estimated 2). X-Ray: It does not tell." in done.output
    assert read(folder).figures[0].quantity == 9


def test_prints_json(run, folder, told):
    done = run.invoke(app, ["collect", str(folder), "--json"])
    (compared,) = json.loads(done.output)
    assert compared["jobs"] == 2
    assert compared["meters"][0]["meter"] == "aws.lambda.requests"
    assert Decimal(compared["meters"][0]["billed"]) == 9


def test_exits_with_1_while_more_may_come(run, folder, told):
    told.append(Gap(("aws.sns.publishes",), "CloudWatch", "Too early.", again=True))
    done = run.invoke(app, ["collect", str(folder)])
    assert done.exit_code == 1
    assert "Collect again later." in done.output


def test_another_stack_is_refused(folder, told):
    run = read_folder(folder).run
    write_head(folder, replace(run, region="eu-west-1"))
    with pytest.raises(
        RunError, match="made with the region eu-west-1, but the stack aws-local has us-east-1"
    ):
        collect_run(DeployedStack.of("aws-local"), read_folder(folder))


def test_an_older_stack_has_to_be_deployed_again(clouds, folder):
    deployment = DeployedStack.of("aws-local")
    old = replace(deployment, outputs={k: v for k, v in deployment.outputs.items() if k != "metered"})
    with pytest.raises(RunError, match="pulumi up -s aws-local"):
        collect_run(old, read_folder(folder))

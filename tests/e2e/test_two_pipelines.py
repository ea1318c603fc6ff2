"""Pipelines beside each other in one account: the shared stack, and one with other settings and a front door.

That several fit into one stack is shown by tests/infra/test_every_combination.py. A run goes through the
front door here, and not in tests/e2e/changes, since a report refuses runs of a workflow with steps of its
own.
"""

import json

import pytest
from typer.testing import CliRunner

from bench.project import root
from cli.main import app
from compare.folder import read
from core.job import Job, job_id
from local import stack
from local.environment import LocalStack

pytestmark = pytest.mark.e2e

# What stands in a stack of its own beside the shared one.
PROGRAM = f"""
import sys
from dataclasses import replace

import pulumi

sys.path.insert(0, {str(root())!r})

from components.pipeline import build, outputs
from components.settings import Settings

usual = Settings.read(pulumi.Config("twinlens"))
other = replace(usual, granularity="fused", memory_mb=2 * usual.memory_mb, input_prefix="", front_door=True)
for name, value in outputs(other, build("other", other)).items():
    pulumi.export(name, value)
"""
OWN = {"inputContainer", "outputContainer", "ledger", "workflow", "successTopic", "errorTopic", "deadLetters"}
# On Azure these are named alike in each account; the account is the pipeline's own.
ENDPOINTS = {"storeEndpoint", "ledgerEndpoint", "queueEndpoint"}
KEY = "incoming/one name for all.jpg"
PHOTOS, IMAGES = 2, 1000  # of a run, and of the month that it is priced for
CALLED = {"aws": "aws.lambda.requests", "azure": "azure.functions.flex.executions"}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with the usual settings, and the program above."""
    folder = tmp_path_factory.mktemp("beside")
    (folder / "__main__.py").write_text(PROGRAM)
    (folder / "Pulumi.yaml").write_text((root() / "Pulumi.yaml").read_text())
    (folder / ".venv").symlink_to(root() / ".venv")
    for name in LocalStack:
        settings = (root() / f"Pulumi.{name}.yaml").read_text()
        (folder / f"Pulumi.other-{name}.yaml").write_text(settings)
    return folder


@pytest.fixture(scope="module", params=list(LocalStack))
def made(request, local_stacks, project):
    """The name of each cloud's stack, and the outputs of the other one beside it."""
    other = f"other-{request.param}"
    yield request.param, stack.up(other, project)
    stack.destroy(other, project)


def test_pipelines_of_one_account_have_nothing_to_do_with_each_other(
    stands, local_stacks, connect_stand, made, photo
):
    name, made = made
    stood = {"other": connect_stand("other", local_stacks.state, made), "shared": stands[name]}
    deployments = {each: stand.deployment for each, stand in stood.items()}
    for output in OWN if made["cloud"] == "aws" else ENDPOINTS:
        assert len({each.outputs[output] for each in deployments.values()}) == 2, output

    before = {each: {row.id for row in deployment.rows()} for each, deployment in deployments.items()}
    jobs = {}
    for each, deployment in deployments.items():
        etag = deployment.connection.upload(KEY, photo)
        jobs[each] = job_id(deployment.outputs["inputContainer"], KEY, etag, deployment.outputs["recipe"])
    rows = {each: stand.finished(jobs[each]) for each, stand in stood.items()}

    assert {row.state for row in rows.values()} == {"succeeded"}
    for each, stand in stood.items():
        assert [topic for topic, _ in stand.notified(jobs[each])] == ["success"], each
    ran = {
        each: {(entry["step"] == "process", entry["memory_mb"]) for entry in row.document["trace"]}
        for each, row in rows.items()
    }
    usual = deployments["shared"].outputs["memoryMb"]
    assert ran == {"other": {(True, 2 * usual)}, "shared": {(False, usual)}}
    outputs = []
    for each, deployment in deployments.items():
        assert {row.id for row in deployment.rows()} - before[each] == {jobs[each]}, each
        artifacts = Job.from_document(rows[each].document).artifacts
        outputs.append({each.name: deployment.read_output(each.key) for each in artifacts})
    assert outputs[0] == outputs[1] != {}


@pytest.mark.usefixtures("stands")
def test_a_run_through_a_front_door_is_reported_with_the_calls_of_its_clients(made, photo, tmp_path):
    name, outputs = made
    photos, runs = tmp_path / "photos", tmp_path / "runs"
    photos.mkdir()
    for number in range(PHOTOS):
        (photos / f"{number}.jpg").write_bytes(photo + bytes(number))
    sent = (
        "--via-api",
        "--photos",
        str(photos),
        "--bursts",
        "1",
        "--burst-size",
        str(PHOTOS),
        "--warm-up",
        "0",
    )

    run_command("bench", "-s", f"other-{name}", *sent, "--out", str(runs))
    [folder] = [path.parent for path in runs.glob("*/run.json")]
    priced = ("--images-per-month", str(IMAGES), "--out", str(tmp_path / "report"), "--json")
    report = json.loads(run_command("report", str(folder), *priced))

    jobs = read(folder).jobs
    assert len(jobs) == PHOTOS
    for each in jobs:
        assert (each.state, each.job.source.key.partition("/")[0]) == ("succeeded", "door")
        assert each.api.count >= 2  # it asks, and follows the job to its end
        assert 0 < each.api.asked_ms < each.api.open_ms
    asking = report["runs"][0]["asking"]
    assert asking["count"] == PHOTOS
    assert asking["mean"] == pytest.approx(sum(each.api.asked_ms for each in jobs) / PHOTOS)
    assert any("came through the front door" in each for each in report["summary"])
    calls = sum(each.api.count for each in jobs) * IMAGES // PHOTOS
    [formula] = [
        each["formula"] for each in report["costs"][0]["lines"] if each["meter"] == CALLED[outputs["cloud"]]
    ]
    assert f"{IMAGES:,} photos by the front door, {calls:,} calls" in formula


def run_command(*arguments):
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return done.stdout

"""Pipelines beside each other in one account: the shared stack, and one with other settings.

That several fit into one stack is shown by tests/infra/test_every_combination.py.
"""

import pytest

from bench.project import root
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
other = replace(usual, granularity="fused", memory_mb=2 * usual.memory_mb, input_prefix="")
for name, value in outputs(other, build("other", other)).items():
    pulumi.export(name, value)
"""
OWN = {"inputContainer", "outputContainer", "ledger", "workflow", "successTopic", "errorTopic", "deadLetters"}
# On Azure these are named alike in each account; the account is the pipeline's own.
ENDPOINTS = {"storeEndpoint", "ledgerEndpoint", "queueEndpoint"}
KEY = "incoming/one name for all.jpg"


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


@pytest.mark.parametrize("name", list(LocalStack))
def test_pipelines_of_one_account_have_nothing_to_do_with_each_other(
    stands, local_stacks, connect_stand, project, photo, name
):
    made = stack.up(f"other-{name}", project)
    try:
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
    finally:
        stack.destroy(f"other-{name}", project)

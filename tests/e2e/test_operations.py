"""What operators do to a stack and developers to the project: in a copy, on emulators of its own."""

import json
import shutil
import subprocess
import urllib.request
from io import BytesIO

import boto3
import pytest
from azure.core.credentials import AzureNamedKeyCredential
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient
from PIL import Image

from cli.deployment import ROOT
from core.job import Job, job_id
from handlers.aws import clients as aws_clients
from local import emulators, stack, state
from local.stack import LocalStack

pytestmark = pytest.mark.e2e

TEST_QUEUES = "heard-by-tests-"  # what tests/e2e/conftest.py names its own queues

FILTER = '''"""Leave few levels of each colour."""

from __future__ import annotations

from typing import Annotated

from PIL import ImageOps
from PIL.Image import Image

from core.parameters import Between
from core.photo.alpha import colours_only


def apply(image: Image, *, bits: Annotated[int, Between(1, 8)] = 3) -> Image:
    """Return the picture with ``bits`` bits a colour."""
    return colours_only(image, lambda rgb: ImageOps.posterize(rgb, bits))
'''
STEP = '''"""Write down how large the upload was."""

from __future__ import annotations

from dataclasses import replace

from core.job import Artifact, Job

READS = frozenset()
WRITES = frozenset({"output"})


def run(job, tools):
    text = f"{job.source.size} bytes".encode()
    key = f"{job.output_prefix}size.txt"
    tools.output.put(key, text, "text/plain")
    return replace(job, artifacts=(*job.artifacts, Artifact("size.txt", key, "text/plain", 0, 0, len(text))))
'''


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project as it is committed, and what is not committed yet."""
    copy = tmp_path_factory.mktemp("project")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if name.partition("/")[0] not in ("tests", "samples", "docs"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    return copy


@pytest.fixture(scope="module")
def own_emulators(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(state.VARIABLE, str(tmp_path_factory.mktemp("operations") / "local.json"))
        with emulators.session() as running:
            yield running, stack.environment()


@pytest.fixture
def running(own_emulators, monkeypatch):
    """The emulators of this module, with this process pointed at them."""
    current, environment = own_emulators
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    aws_clients.client.cache_clear()
    yield current
    aws_clients.client.cache_clear()


def configure(project, name, key, value):
    pulumi = shutil.which("pulumi")
    subprocess.run(
        [pulumi, "config", "set", key, value, "--stack", name], cwd=project, check=True, capture_output=True
    )


@pytest.fixture
def process(running, connect_stand, photo):
    """Upload the photo into a stack that is up; return its finished row and the stand."""

    def upload(name, outputs, key="incoming/a.jpg"):
        stand = connect_stand(name, running, outputs)
        etag = stand.deployment.cloud.upload(key, photo)
        return stand.finished(job_id(outputs["inputContainer"], key, etag, outputs["recipe"])), stand

    return upload


def left_over(running, outputs):
    """Return the names of everything that stands on the emulated cloud."""
    if outputs["cloud"] == "aws":
        return [
            *(each["Name"] for each in boto3.client("s3").list_buckets()["Buckets"]),
            *(each["FunctionName"] for each in boto3.client("lambda").list_functions()["Functions"]),
            *(
                each["stateMachineArn"]
                for each in boto3.client("stepfunctions").list_state_machines()["stateMachines"]
            ),
            *boto3.client("dynamodb").list_tables()["TableNames"],
            *(each["TopicArn"] for each in boto3.client("sns").list_topics()["Topics"]),
            *(
                url
                for url in boto3.client("sqs").list_queues().get("QueueUrls", [])
                if TEST_QUEUES not in url
            ),
            *(each["Name"] for each in boto3.client("events").list_rules()["Rules"]),
            *(each["logGroupName"] for each in boto3.client("logs").describe_log_groups()["logGroups"]),
        ]
    with urllib.request.urlopen(f"{running.azure.control}/apps") as answer:
        names = list(json.load(answer)["apps"])
    for account in running.azure.accounts:
        credential = AzureNamedKeyCredential(account, running.azure.key)
        blobs = BlobServiceClient(f"{running.azure.blob}/{account}", credential=credential)
        queues = QueueServiceClient(f"{running.azure.queue}/{account}", credential=credential)
        tables = TableServiceClient(f"{running.azure.table}/{account}", credential=credential)
        for listed in (blobs.list_containers(), queues.list_queues(), tables.list_tables()):
            names += [each.name for each in listed]
    return names


@pytest.mark.parametrize("name", list(LocalStack))
def test_a_stack_lives_and_dies_without_a_trace(running, project, process, name):
    outputs = stack.up(name, project)
    assert set(stack.preview(name, project)) == {"same"}

    row, _ = process(name, outputs)
    assert row.document["trace"][0]["memory_mb"] == outputs["memoryMb"]

    configure(project, name, "twinlens:memoryMb", "1536" if name == LocalStack.AWS else "4096")
    planned = stack.preview(name, project)
    assert planned["update"] >= 1
    assert set(planned) <= {"same", "update"}
    changed = stack.up(name, project)
    assert changed == outputs | {"memoryMb": changed["memoryMb"]}
    assert changed["memoryMb"] != outputs["memoryMb"]
    row, _ = process(name, changed, "incoming/after the change.jpg")
    assert row.document["trace"][0]["memory_mb"] == changed["memoryMb"]
    assert set(stack.preview(name, project)) == {"same"}

    stack.destroy(name, project)
    assert left_over(running, outputs) == []

    again = stack.up(name, project)
    row, _ = process(name, again, "incoming/again.jpg")
    assert row.state == "succeeded"
    stack.destroy(name, project)


@pytest.mark.parametrize("name", list(LocalStack))
def test_one_function_makes_the_same_bytes_as_one_a_step(project, process, name):
    made = {}
    stack.up(name, project)
    for granularity in ("fused", "stepwise"):
        configure(project, name, "twinlens:granularity", granularity)
        outputs = stack.up(name, project)
        assert outputs["granularity"] == granularity
        row, stand = process(name, outputs, f"incoming/{granularity}.jpg")
        assert row.state == "succeeded", row.document["error"]
        job = Job.from_document(row.document)
        assert ([entry.step for entry in job.trace] == ["process"]) == (granularity == "fused")
        made[granularity] = {each.name: stand.deployment.read_output(each.key) for each in job.artifacts}
    assert made["fused"] == made["stepwise"]
    stack.destroy(name, project)


@pytest.mark.parametrize(
    ("name", "orchestrator"), [(LocalStack.AWS, "express"), (LocalStack.AZURE, "scheduler")]
)
def test_the_other_orchestrator_of_each_cloud(project, process, name, orchestrator):
    usual = stack.up(name, project)["orchestrator"]
    configure(project, name, "twinlens:orchestrator", orchestrator)
    outputs = stack.up(name, project)
    assert outputs["orchestrator"] == orchestrator
    assert set(stack.preview(name, project)) == {"same"}
    row, _ = process(name, outputs, f"incoming/{orchestrator}.jpg")
    assert row.state == "succeeded", row.document["error"]
    configure(project, name, "twinlens:orchestrator", usual)
    stack.destroy(name, project)


def test_a_filter_and_a_step_are_added_in_one_place_each(project, process, photo):
    """The architecture's own test: two files, a line in the pipeline, the filter's name in a recipe."""
    (project / "core/photo/filters/posterize.py").write_text(FILTER)
    (project / "core/steps/write_size.py").write_text(STEP)
    recipe = project / "recipes/gallery.toml"
    recipe.write_text(recipe.read_text() + '\n[[filters]]\nname = "posterize"\nbits = 2\n')
    pipeline = project / "core/workflow/pipeline.py"
    line = '        step("optimize"),\n'
    assert pipeline.read_text().count(line) == 1
    pipeline.write_text(pipeline.read_text().replace(line, line + '        step("write_size"),\n'))

    made = {}
    for name in LocalStack:
        row, stand = process(name, stack.up(name, project), "incoming/new.jpg")
        assert row.state == "succeeded", row.document["error"]
        job = Job.from_document(row.document)
        assert [entry.step for entry in job.trace][-1] == "write_size"
        made[name] = {each.name: stand.deployment.read_output(each.key) for each in job.artifacts}
    first, second = made.values()
    assert first == second
    assert first["size.txt"] == f"{len(photo)} bytes".encode()
    assert levels(first["filtered.jpg"]) < levels(first["display.jpg"])


def levels(data):
    """Return how many different grays hold over a hundredth of the picture each."""
    with Image.open(BytesIO(data)) as picture:
        counts = picture.convert("L").histogram()
    return sum(count > sum(counts) / 200 for count in counts)

"""What operators do to a stack and developers to the project: in a copy, on emulators of its own."""

import json
import shutil
import subprocess
import threading
import urllib.request
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import quote

import boto3
import pytest
from azure.core.credentials import AzureNamedKeyCredential
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient
from PIL import Image

from cli.deployment import ROOT
from core.job import Job, Source, job_id
from core.trace import now
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
    for command in (["stack", "select", "--create", name], ["config", "set", key, value, "--stack", name]):
        subprocess.run([shutil.which("pulumi"), *command], cwd=project, check=True, capture_output=True)


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
    for blobs, queues, tables in accounts(running):
        for listed in (blobs.list_containers(), queues.list_queues(), tables.list_tables()):
            names += [each.name for each in listed]
    return names


def accounts(running):
    """Yield the three services of every storage account on the emulator."""
    for account in running.azure.accounts:
        credential = AzureNamedKeyCredential(account, running.azure.key)
        yield (
            BlobServiceClient(f"{running.azure.blob}/{account}", credential=credential),
            QueueServiceClient(f"{running.azure.queue}/{account}", credential=credential),
            TableServiceClient(f"{running.azure.table}/{account}", credential=credential),
        )


def clear(running, outputs):
    """Remove the data that a stack left behind."""
    if outputs["cloud"] == "aws":
        for bucket in (outputs["inputContainer"], outputs["outputContainer"]):
            kept = boto3.resource("s3").Bucket(bucket)
            kept.objects.delete()
            kept.delete()
        boto3.client("dynamodb").delete_table(TableName=outputs["ledger"])
        return
    for blobs, queues, tables in accounts(running):
        for container in blobs.list_containers():
            blobs.delete_container(container.name)
        for each in queues.list_queues():
            queues.delete_queue(each.name)
        for table in tables.list_tables():
            tables.delete_table(table.name)


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


KEPT = {
    LocalStack.AWS: {"aws:s3:Bucket", "aws:dynamodb:Table"},
    LocalStack.AZURE: {
        "azure-native:resources:ResourceGroup",
        "azure-native:storage:StorageAccount",
        "azure-native:storage:Table",
    },
}


def destroy_and_see_what_stays(running, project, name, stand):
    """Destroy a stack that was to keep its data: it says so, and nothing but the data stays."""
    outputs, rows = stand.deployment.outputs, {row.id: row for row in stand.deployment.rows()}
    stack.destroy(name, project)
    told = (state.path().parent / "logs" / f"pulumi-{name}-destroy.log").read_text()
    lines = [line.split() for line in told.splitlines()]
    assert KEPT[name] <= {words[1] for words in lines if "[retain]" in words}
    gone = {words[1] for words in lines if "deleted" in words and "[retain]" not in words}
    assert gone & {"aws:lambda:Function", "azure-native:web:WebApp"}
    data = {outputs[each] for each in ("inputContainer", "outputContainer", "ledger")}
    if name == LocalStack.AZURE:
        data |= {outputs[each] for each in ("successTopic", "errorTopic", "deadLetters")} | {"uploads"}
    assert data == set(left_over(running, outputs))
    assert {row.id: row for row in stand.deployment.rows()} == rows != {}
    for row in rows.values():
        assert [stand.deployment.read_output(each["key"]) for each in row.document["artifacts"]]
    clear(running, outputs)


class Uploads(threading.Thread):
    """Uploads a photo every few seconds, from another thread, until the block is left."""

    def __init__(self, stand, outputs, photo):
        super().__init__(daemon=True)
        self._stand, self._outputs, self._photo = stand, outputs, photo
        self._done = threading.Event()
        self.jobs = []

    def send(self, name=""):
        key = f"incoming/{name or len(self.jobs)}.jpg"
        etag = self._stand.deployment.cloud.upload(key, self._photo)
        outputs = self._outputs
        self.jobs.append(job_id(outputs["inputContainer"], key, etag, outputs["recipe"]))
        return self.jobs[-1]

    def run(self):
        open_jobs = set()
        while not self._done.wait(6):
            rows = {job: self._stand.deployment.row(job) for job in open_jobs}
            open_jobs = {job for job, row in rows.items() if row is None or row.state == "claimed"}
            if len(open_jobs) < 4:  # a busy machine isn't made busier
                open_jobs.add(self.send())

    def __enter__(self):
        self._stand.claimed(self.send("first"))
        self.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self.join()


def under_way_throughout(rows, began, ended):
    """Say whether at each moment between the two at least one of the jobs was under way."""
    for row in sorted(rows, key=lambda row: row.claimed_at):
        if datetime.fromisoformat(row.claimed_at) <= began:
            began = max(began, datetime.fromisoformat(row.updated_at))
    return began >= ended


# Every request to a store takes this much longer, so that photos are under way while the stack changes.
SLOW = "seed=1 latency=1 latency_ms=2000"
OTHER = {LocalStack.AWS: ("standard", "express"), LocalStack.AZURE: ("storage", "scheduler")}


@pytest.mark.parametrize("name", list(LocalStack))
def test_no_switch_of_orchestrator_or_granularity_loses_or_changes_a_photo(
    running, project, connect_stand, photo, name
):
    """Each combination is deployed while photos are under way; deploying it again changes nothing."""
    usual, other = OTHER[name]
    configure(project, name, "twinlens:chaos", SLOW)
    outputs = stack.up(name, project)
    stand = connect_stand(name, running, outputs)
    switches, after = [], {}
    with Uploads(stand, outputs, photo) as uploads:
        for orchestrator, granularity in ((usual, "fused"), (other, "fused"), (other, "stepwise")):
            configure(project, name, "twinlens:orchestrator", orchestrator)
            configure(project, name, "twinlens:granularity", granularity)
            began = datetime.now(UTC)
            switched = stack.up(name, project)
            switches.append((began, datetime.now(UTC)))
            after[orchestrator, granularity] = uploads.send(f"{orchestrator} {granularity}")
            assert set(stack.preview(name, project)) == {"same"}
            for kept in ("inputContainer", "outputContainer", "ledger", "successTopic", "errorTopic"):
                assert switched[kept] == outputs[kept]
            assert (switched["orchestrator"], switched["granularity"]) == (orchestrator, granularity)

    rows = {job: stand.finished(job) for job in uploads.jobs}
    assert all(under_way_throughout(rows.values(), *switch) for switch in switches)
    steps = {
        combination: {entry["step"] for entry in rows[job].document["trace"]}
        for combination, job in after.items()
    }
    assert steps[usual, "fused"] == steps[other, "fused"] == {"process"}
    assert steps[other, "stepwise"] == {"validate", "resize", "apply_filters", "optimize"}
    assert {row.id for row in stand.deployment.rows()} == set(rows)
    assert len(list(stand.deployment.cloud.intake.uploads())) == len(rows)
    made = []
    for row in rows.values():
        assert row.state == "succeeded", row.document["error"]
        assert [topic for topic, _ in stand.notified(row.id)] == ["success"]
        job = Job.from_document(row.document)
        made.append({each.name: stand.deployment.read_output(each.key) for each in job.artifacts})
        assert made[-1] == made[0] != {}
    for key, value in (("orchestrator", usual), ("granularity", "stepwise"), ("chaos", "")):
        configure(project, name, f"twinlens:{key}", value)
    stack.destroy(name, project)


class DeafCloud:
    """A deployed stack that no longer hears of uploads, and whose ledger can be told of a lost execution."""

    def __init__(self, running, outputs):
        self._aws = outputs["cloud"] == "aws"
        self._control = running.azure.control
        self._outputs = outputs
        if self._aws:
            [rule] = [
                each["Name"]
                for each in boto3.client("events").list_rules()["Rules"]
                if each["Name"].startswith("twinlens-upload")
            ]
            boto3.client("events").disable_rule(Name=rule)
        else:
            with urllib.request.urlopen(f"{self._control}/apps") as answer:
                [self._app] = [each["name"] for each in json.load(answer)["apps"]]
            [name] = self._request("GET", "subscriptions")["subscriptions"]
            self._request("DELETE", f"subscriptions/{quote(name, safe='')}")

    def lose(self, stand, job):
        """Have the ledger hold the job as claimed by an execution that is no more."""
        if not self._aws:
            assert stand.deployment.cloud.ledger.claim(job)
            return
        row = {"id": job.id, "state": "claimed", "execution": job.execution, "open": job.id[0]}
        row |= dict.fromkeys(("claimed_at", "updated_at"), job.uploaded_at)
        row["document"] = json.dumps(job.to_document())
        item = {name: {"S": value} for name, value in row.items()}
        boto3.client("dynamodb").put_item(TableName=self._outputs["ledger"], Item=item)

    def look_for_uploads(self):
        """Do what is done daily."""
        if not self._aws:
            self._request("POST", f"apps/{self._app}/timers/find_unclaimed")
            return
        [function] = [
            each["FunctionName"]
            for each in boto3.client("lambda").list_functions()["Functions"]
            if each["FunctionName"].startswith("twinlens-reconciler")
        ]
        call = json.dumps({"find": "unclaimed"})
        answer = boto3.client("lambda").invoke(FunctionName=function, Payload=call)
        assert json.load(answer["Payload"]) == {"unclaimed: redriven": 1}

    def _request(self, method, path):
        request = urllib.request.Request(f"{self._control}/{path}", method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


def test_what_fell_between_is_found_by_schedule_and_destroy_keeps_the_data(
    running, project, connect_stand, photo
):
    """On both stacks: a lost execution within a minute, a lost event by the daily look."""
    settings = project / "components/settings.py"
    text = settings.read_text()
    patience = "environment.patience(workflow_seconds)"
    assert text.count(patience) == 1
    settings.write_text(text.replace(patience, "environment.timedelta(seconds=1)"))
    deaf = {}
    for name in LocalStack:
        configure(project, name, "twinlens:reconcileMinutes", "1")
        configure(project, name, "twinlens:keepData", "true")
        outputs = stack.up(name, project)
        stand = connect_stand(name, running, outputs)
        cloud = DeafCloud(running, outputs)
        jobs = {}
        for what in ("stuck", "unclaimed"):
            key = f"incoming/{what}.jpg"
            etag = stand.deployment.cloud.upload(key, photo)
            identifier = job_id(outputs["inputContainer"], key, etag, outputs["recipe"])
            source = Source(outputs["inputContainer"], key, etag, len(photo))
            jobs[what] = Job(identifier, outputs["recipe"], source, "gone", now(), now())
        cloud.lose(stand, jobs["stuck"])
        deaf[name] = cloud, stand, jobs
    settings.write_text(text)
    for cloud, stand, jobs in deaf.values():
        assert stand.finished(jobs["stuck"].id).state == "succeeded"
        assert stand.deployment.row(jobs["unclaimed"].id) is None
        cloud.look_for_uploads()
        assert stand.finished(jobs["unclaimed"].id).state == "succeeded"
        for job in jobs.values():
            assert [topic for topic, _ in stand.notified(job.id)] == ["success"]
    for name, (_, stand, _) in deaf.items():
        destroy_and_see_what_stays(running, project, name, stand)
        configure(project, name, "twinlens:reconcileMinutes", "30")
        configure(project, name, "twinlens:keepData", "false")


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

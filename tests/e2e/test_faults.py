"""One storm over both clouds, in which nothing is lost and nothing done twice.

While 40 uploads to each cloud are under way, one request in five fails or is refused, one in twenty is served
without an answer, every tenth event is delivered twice, and two workers of each cloud are killed. After the
storm, ``jobs reconcile`` and ``jobs redrive`` finish what it interrupted.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import boto3
import psutil
import pytest
import requests
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from bench.faults import injected
from cli.main import app
from core import recipes
from core.chaos import Profile
from core.job import Job, Source, job_id
from core.ledger import LedgerRow
from core.memory import MemoryStore
from core.steps import Tools, execute
from core.workflow.photo import PIPELINE

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

STORM = Profile(seed=7, throttle=0.1, error=0.1, lost=0.05)
UPLOADS = 40
BAD = 3
DUPLICATED = 4
KILLS = 2
PICTURES = 10
QUIET_LOOKS = 3  # in a row
PAUSE_SECONDS = 2
PATIENCE_SECONDS = 400
PREFIX = "faults"
LIMIT = 1 << 26
FINAL = ("succeeded", "rejected", "failed")
BROKEN = (b"", b"no photo at all", b"\xff\xd8\xff\xe0 a JPEG's beginning and nothing more")


def picture(number: int) -> bytes:
    """Return a small photo of its own for each number."""
    image = Image.linear_gradient("L").resize((120, 90)).convert("RGB")
    ImageDraw.Draw(image).ellipse(
        (number * 4, 10, number * 4 + 30, 60), fill=(255 - number * 9, 40, number * 12)
    )
    file = BytesIO()
    image.save(file, "JPEG")
    return file.getvalue()


def undisturbed(data: bytes) -> dict[str, str]:
    """Return the SHA-256 of each output that a run without faults makes, by name."""
    gallery = recipes.load("gallery")
    tools = Tools(MemoryStore({"photo": data}), MemoryStore(), gallery, LIMIT, LIMIT)
    job = Job("0" * 32, "gallery", Source("", "photo", "", len(data)), "", "", "")
    for step in PIPELINE.steps():
        job = execute(step.name, job, tools)
    return {each.name: sha256(tools.output.get(each.key, LIMIT)) for each in job.artifacts}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Sent:
    """One upload of the test, and the job it must become."""

    job: str
    data: bytes
    bad: bool


@dataclass
class Storm:
    """The storm over one cloud: what was sent, the rows at the last look, and what the summary tells."""

    stand: Any
    sent: list[Sent] = field(default_factory=list)
    rows: dict[str, LedgerRow] = field(default_factory=dict)
    kills_at: list[int] = field(default_factory=lambda: [UPLOADS * (n + 1) // 4 for n in range(KILLS)])
    tallies: Counter[str] = field(default_factory=Counter)

    @property
    def stack(self) -> str:
        return str(self.stand.deployment.stack)

    @property
    def cloud(self) -> str:
        return str(self.stand.deployment.outputs["cloud"])

    @property
    def ended(self) -> int:
        return sum(row.state in FINAL for row in self.rows.values())


def send_all(stand: Any) -> list[Sent]:
    """Upload everything, deliver every tenth event once more, and return what was sent."""
    deployment = stand.deployment

    def send(number: int) -> Sent:
        bad = number < BAD
        data = BROKEN[number % len(BROKEN)] if bad else picture(number % PICTURES)
        key = deployment.key(f"{PREFIX}/{number:03}.jpg")
        etag = deployment.connection.upload(key, data)
        if number % (UPLOADS // DUPLICATED) == 0:
            stand.deliveries.deliver(key, etag, len(data), times=1)
        return Sent(job_id(deployment.outputs["inputContainer"], key, etag, "gallery"), data, bad)

    with ThreadPoolExecutor(4) as senders:
        return list(senders.map(send, range(UPLOADS)))


def rows_of(stand: Any, sent: list[Sent]) -> dict[str, LedgerRow]:
    """Return the ledger's rows of what was sent, by job."""
    wanted = {each.job for each in sent}
    return {row.id: row for row in stand.deployment.rows() if row.id in wanted}


def under_way(stand: Any, state: Any) -> int:
    """Return how many executions have not ended, and how many events wait for theirs."""
    if stand.deployment.outputs["cloud"] == "azure":
        query = {"limit": 10 * UPLOADS}
        url, key = f"{state.azure.control}/instances", state.azure.authorization
        apps = requests.get(url, query, headers=key, timeout=30).json()["instances"]
        found = [each for instances in apps.values() for each in instances]
        waiting = stand.deliveries.queue("uploads").get_queue_properties().approximate_message_count
        return waiting + sum(each["status"] in ("PENDING", "RUNNING") for each in found)
    pages = boto3.client("stepfunctions").get_paginator("list_executions")
    running = {"stateMachineArn": stand.deployment.outputs["workflow"], "statusFilter": "RUNNING"}
    return sum(len(page["executions"]) for page in pages.paginate(**running))


def outlast(storms: list[Storm], state: Any) -> None:
    """Wait until nothing is under way any more; kill a worker whenever enough jobs have ended."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    idle = 0
    while idle < QUIET_LOOKS:
        time.sleep(PAUSE_SECONDS)
        idle = 0 if any(under_way(each.stand, state) for each in storms) else idle + 1
        for each in storms:
            each.rows = rows_of(each.stand, each.sent)
            if each.kills_at and each.ended >= each.kills_at[0]:
                each.kills_at.pop(0)
                kill_a_worker(state, each.cloud)
        assert time.monotonic() < deadline, f"{[each.ended for each in storms]} ended in {PATIENCE_SECONDS} s"
    assert not any(each.kills_at for each in storms), "too few ended for a worker to be killed meanwhile"


def kill_a_worker(state: Any, cloud: str) -> None:
    """Kill a process that runs the functions' code, as the kernel does when memory is short."""
    if cloud == "azure":
        url, key = f"{state.azure.control}/apps", state.azure.authorization
        [hosted] = requests.get(url, headers=key, timeout=10).json()["apps"]
        psutil.Process(hosted["pid"]).kill()
        return
    workers = psutil.Process(state.aws.pid).children(recursive=True)
    alive = [each for each in workers if each.status() != psutil.STATUS_ZOMBIE]
    max(alive, key=lambda each: each.cpu_times().user).kill()


def run_command(*arguments: str) -> list[dict[str, Any]]:
    done = CliRunner().invoke(app, ["jobs", *arguments, "--json"])
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def recover(storm: Storm, state: Any) -> None:
    """Finish every job, by the commands that a person would use."""
    for _ in range(5):
        found = [
            *run_command("reconcile", "-s", storm.stack, "--older-than", "0"),
            *run_command("redrive", "-s", storm.stack),
        ]
        mine = [each for each in found if f"/{PREFIX}/" in each["key"]]
        if not mine:
            break
        storm.tallies.update(f"{each['why']}, {each['done']}" for each in mine)
        outlast([storm], state)


@pytest.fixture
def storms(stands: dict[str, Any], local_stacks: Any) -> list[Storm]:
    """The storm over both clouds, outlasted and recovered from."""
    found = [Storm(stand) for stand in stands.values()]
    with injected(STORM, list(stands), print):
        with ThreadPoolExecutor(len(found)) as senders:
            for each, sent in zip(found, senders.map(lambda each: send_all(each.stand), found), strict=True):
                each.sent = sent
        outlast(found, local_stacks.state)
        for each in found:
            each.tallies.update(f"{row.state} in the storm" for row in each.rows.values())
            each.tallies["without a row after the storm"] = len(each.sent) - len(each.rows)
    for each in found:
        recover(each, local_stacks.state)
    return found


def test_a_storm_loses_nothing_and_does_nothing_twice(
    storms: list[Storm], say: Callable[[str], None], wait: Callable[..., Any]
) -> None:
    expected = {data: undisturbed(data) for data in map(picture, range(PICTURES))}
    for storm in storms:
        assert len({each.job for each in storm.sent}) == UPLOADS
        told = wait(lambda storm=storm: told_of_all(storm), f"a notification of each job of {storm.stack}")
        repeated = {end: count for end, count in Counter(told).items() if count > 1}
        storm.tallies["notifications"] = len(told)
        storm.tallies["repeated, with the same id and state"] = sum(repeated.values()) - len(repeated)
        say(f"{storm.stack}: {STORM}, {dict(storm.tallies)}")
        check(storm, expected)
        check_notifications(storm, told)
        if storm.cloud == "aws":
            assert not repeated, "SNS was asked once"
        assert not run_command("redrive", "-s", storm.stack, "--dry-run"), "no dead letters, nothing failed"


def check(storm: Storm, expected: dict[bytes, dict[str, str]]) -> None:
    """See that every job came to its right end, with the outputs of a run without faults, after retries."""
    rows = storm.rows
    states = {each.job: rows[each.job].state if each.job in rows else "lost" for each in storm.sent}
    assert states == {each.job: "rejected" if each.bad else "succeeded" for each in storm.sent}
    for each in storm.sent:
        made = Job.from_document(rows[each.job].document).artifacts
        outputs = {
            artifact.name: sha256(storm.stand.deployment.read_output(artifact.key)) for artifact in made
        }
        assert outputs == ({} if each.bad else expected[each.data])
    attempts = Counter(step["attempt"] for row in rows.values() for step in row.document["trace"])
    assert attempts.total() - attempts[1] > UPLOADS / 20, f"there was hardly a storm: {attempts}"


def told_of_all(storm: Storm) -> list[tuple[str, str]] | None:
    """Return the job and the state of each notification once every job's end was told of."""
    jobs = {each.job for each in storm.sent}
    told = [(each["id"], each["state"]) for _, each in storm.stand.notifications() if each["id"] in jobs]
    return told if {job for job, state in told if state != "failed"} == jobs else None


def check_notifications(storm: Storm, told: list[tuple[str, str]]) -> None:
    """See that each job's end was told of; a failure that was redriven may have been told of before."""
    final = {(job, state) for job, state in told if state != "failed"}
    assert len(final) == UPLOADS
    assert dict(final) == {job: row.state for job, row in storm.rows.items()}

"""A bad hour on both clouds, in which nothing is lost and nothing done twice.

While 200 uploads a cloud are under way, one request in five fails on its way or is refused and one in twenty
is served without an answer, every tenth event is delivered twice, and two workers are killed. When the storm
is over, ``jobs reconcile`` and ``jobs redrive`` bring to their end what it left behind.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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
from core.memory import MemoryStore
from core.ports import LedgerRow
from core.steps import Tools, execute
from core.workflow.photo import PIPELINE

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

STORM = Profile(seed=7, throttle=0.1, error=0.1, lost=0.05)
UPLOADS = 200
BAD = 10
DUPLICATED = 20
KILLS = 2
PICTURES = 20
QUIET_LOOKS = 3
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


def send_all(stand: Any) -> list[Sent]:
    """Upload everything, deliver every tenth event once more, and return what was sent."""
    deployment = stand.deployment

    def send(number: int) -> Sent:
        bad = number < BAD
        data = BROKEN[number % len(BROKEN)] if bad else picture(number % PICTURES)
        key = deployment.key(f"{PREFIX}/{number:03}.jpg")
        etag = deployment.cloud.upload(key, data)
        if number % (UPLOADS // DUPLICATED) == 0:
            stand.deliveries.deliver(key, etag, len(data), times=1)
        return Sent(job_id(deployment.outputs["inputContainer"], key, etag, "gallery"), data, bad)

    with ThreadPoolExecutor(8) as senders:
        return list(senders.map(send, range(UPLOADS)))


def rows_of(stand: Any, sent: list[Sent]) -> dict[str, LedgerRow]:
    """Return the ledger's rows of what was sent, by job."""
    wanted = {each.job for each in sent}
    return {row.id: row for row in stand.deployment.rows() if row.id in wanted}


def under_way(stand: Any, state: Any) -> int:
    """Return how many executions have not ended, and how many events wait for theirs."""
    if stand.deployment.outputs["cloud"] == "azure":
        query = {"limit": 10 * UPLOADS}
        apps = requests.get(f"{state.azure.control}/instances", query, timeout=30).json()["instances"]
        found = [each for instances in apps.values() for each in instances]
        waiting = stand.deliveries.queue("uploads").get_queue_properties().approximate_message_count
        return waiting + sum(each["status"] in ("PENDING", "RUNNING") for each in found)
    pages = boto3.client("stepfunctions").get_paginator("list_executions")
    running = {"stateMachineArn": stand.deployment.outputs["workflow"], "statusFilter": "RUNNING"}
    return sum(len(page["executions"]) for page in pages.paginate(**running))


def outlast(
    stand: Any, state: Any, sent: list[Sent], at: dict[int, Callable[[], None]]
) -> dict[str, LedgerRow]:
    """Wait until nothing is under way any more; call ``at[n]`` as soon as n have ended."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    waiting = sorted(at)
    idle = 0
    while idle < QUIET_LOOKS:
        time.sleep(2)
        idle = 0 if under_way(stand, state) else idle + 1
        rows = rows_of(stand, sent)
        ended = sum(row.state in FINAL for row in rows.values())
        while waiting and ended >= waiting[0]:
            at[waiting.pop(0)]()
        assert time.monotonic() < deadline, f"{ended} of {len(sent)} ended in {PATIENCE_SECONDS} s"
    assert not waiting, "too few ended for a worker to be killed meanwhile"
    return rows


def kill_a_worker(state: Any, cloud: str) -> None:
    """End a process that runs the functions' code, as the kernel does when memory is short."""
    if cloud == "azure":
        [hosted] = requests.get(f"{state.azure.control}/apps", timeout=10).json()["apps"]
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


def recover(stand: Any, state: Any, sent: list[Sent], tallies: Counter[str]) -> dict[str, LedgerRow]:
    """Bring everything to its end, by the commands that a person would use."""
    name = stand.deployment.stack
    rows = rows_of(stand, sent)
    for _ in range(5):
        found = [
            *run_command("reconcile", "-s", name, "--older-than", "0"),
            *run_command("redrive", "-s", name),
        ]
        mine = [each for each in found if f"/{PREFIX}/" in each["key"]]
        if not mine:
            break
        tallies.update(f"{each['why']}, {each['done']}" for each in mine)
        rows = outlast(stand, state, sent, {})
    return rows


def test_a_bad_hour_loses_nothing_and_does_nothing_twice(
    stand: Any, local_stacks: Any, say: Callable[[str], None]
) -> None:
    name, cloud = stand.deployment.stack, stand.deployment.outputs["cloud"]
    expected = {picture(number): undisturbed(picture(number)) for number in range(PICTURES)}
    tallies: Counter[str] = Counter()

    with injected(STORM, [name], print):
        began = time.monotonic()
        sent = send_all(stand)
        kills = {
            UPLOADS * (number + 1) // 4: lambda: kill_a_worker(local_stacks.state, cloud)
            for number in range(KILLS)
        }
        stormy = outlast(stand, local_stacks.state, sent, kills)
        tallies.update(f"{state} in the storm" for state in (row.state for row in stormy.values()))
        tallies["without a row after the storm"] = len(sent) - len(stormy)
        lasted = time.monotonic() - began
    rows = recover(stand, local_stacks.state, sent, tallies)

    told = [(each.job, message["state"]) for each in sent for _, message in stand.notifications(each.job)]
    repeated = {end: count for end, count in Counter(told).items() if count > 1}
    tallies["notifications"] = len(told)
    tallies["repeated, with the same id and state"] = sum(repeated.values()) - len(repeated)
    say(f"{name}: {STORM}, {lasted:.0f} s, {dict(tallies)}")

    states = {each.job: rows[each.job].state if each.job in rows else "lost" for each in sent}
    assert states == {each.job: "rejected" if each.bad else "succeeded" for each in sent}
    for each in sent:
        made = Job.from_document(rows[each.job].document).artifacts
        outputs = {artifact.name: sha256(stand.deployment.read_output(artifact.key)) for artifact in made}
        assert outputs == ({} if each.bad else expected[each.data])
    assert {job: state for job, state in told if state != "failed"} == states
    assert len({end for end in told if end[1] != "failed"}) == UPLOADS, "told of one final end each"
    if cloud == "aws":
        assert not repeated, "SNS was asked once"
    assert not run_command("redrive", "-s", name, "--dry-run"), "no dead letters, nothing failed"

"""One storm over both clouds, in which nothing is lost and nothing done twice.

While 30 keys of each cloud are written, one request in five fails or is refused, one in twenty is served
without an answer, some events are delivered twice, and two workers of each cloud are killed. Some keys are
overwritten, emptied, deleted and written again, or mislabelled meanwhile: see ``support/uploads.py``. After
the storm, ``jobs reconcile`` and ``jobs redrive`` finish what it interrupted.

TWINLENS_STORM_KEYS=200 makes it a storm of 200 keys.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import boto3
import pytest
import requests
import uploads
from emulated import kill_a_worker
from typer.testing import CliRunner
from uploads import End, Sent, sha256

from bench.faults import injected
from cli.main import app
from core.chaos import Profile
from core.job import Job
from core.ledger import LedgerRow

STORM = Profile(seed=7, throttle=0.1, error=0.1, lost=0.05)
KEYS = int(os.environ.get("TWINLENS_STORM_KEYS", "30"))
DUPLICATED = 4
KILLS = 2 + KEYS // 100
QUIET_LOOKS = 3  # in a row
PAUSE_SECONDS = 2
PATIENCE_SECONDS = 300 + 4 * KEYS
PREFIX = "faults"
FINAL = ("succeeded", "rejected", "failed")

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(2 * PATIENCE_SECONDS + 60)]


@dataclass
class Storm:
    """The storm over one cloud: what was sent, the rows at the last look, and what the summary tells."""

    stand: Any
    sent: list[Sent] = field(default_factory=list)
    rows: dict[str, LedgerRow] = field(default_factory=dict)
    kills_at: list[int] = field(default_factory=lambda: [KEYS * (n + 1) // (KILLS + 2) for n in range(KILLS)])
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
    """Upload everything, deliver some events once more, and return the jobs that must come of it."""
    keys = [stand.deployment.key(f"{PREFIX}/{number:03}.jpg") for number in range(KEYS)]
    kinds = uploads.kinds(KEYS)

    def begin(number: int) -> Sent:
        sent = uploads.first(stand, keys[number], number, kinds[number])
        if sent.kind == "usual" and number % DUPLICATED == 0:
            stand.deliveries.deliver(sent.key, sent.etag, len(sent.data), times=1)
        return sent

    def go_on(number: int) -> list[Sent]:
        return uploads.second(stand, keys[number], number, sent[number])

    with ThreadPoolExecutor(4) as senders:
        # What is replaced comes last, so that it is under way when that happens.
        order = range(KEYS)[::-1]
        sent = dict(zip(order, senders.map(begin, order), strict=True))
        found = [*sent.values(), *chain.from_iterable(senders.map(go_on, order))]
    # On S3 the same bytes have the same etag, and so the same job.
    return list({each.job: each for each in found}.values())


def rows_of(stand: Any, sent: list[Sent]) -> dict[str, LedgerRow]:
    """Return the ledger's rows of what was sent, by job."""
    wanted = {each.job for each in sent}
    return {row.id: row for row in stand.deployment.rows() if row.id in wanted}


def under_way(stand: Any, state: Any) -> int:
    """Return how many executions have not ended, and how many events wait for theirs."""
    if stand.deployment.outputs["cloud"] == "azure":
        query = {"limit": 20 * KEYS}
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
    for storm in storms:
        told = wait(lambda storm=storm: told_of_all(storm), f"a notification of each job of {storm.stack}")
        repeated = {end: count for end, count in Counter(told).items() if count > 1}
        storm.tallies["notifications"] = len(told)
        storm.tallies["repeated, with the same id and state"] = sum(repeated.values()) - len(repeated)
        check(storm)
        say(f"{storm.stack}: {STORM}, {dict(storm.tallies)}")
        check_notifications(storm, told)
        if storm.cloud == "aws":
            assert not repeated, "SNS was asked once"
        assert not run_command("redrive", "-s", storm.stack, "--dry-run"), "no dead letters, nothing failed"


def check(storm: Storm) -> None:
    """See that every job came to its right end, with outputs of its own bytes, after retries."""
    ends = {each: end_of(storm, each.job) for each in storm.sent}
    storm.tallies.update(f"{each.kind}: {tally(end)}" for each, end in ends.items())
    wrong = {(each.kind, each.job): end for each, end in ends.items() if not each.is_right(end)}
    assert not wrong
    attempts = Counter(step["attempt"] for row in storm.rows.values() for step in row.document["trace"])
    assert attempts.total() - attempts[1] > KEYS / 20, f"there was hardly a storm: {attempts}"


def end_of(storm: Storm, job: str) -> End:
    row = storm.rows.get(job)
    if row is None:
        return "lost"
    made = Job.from_document(row.document)
    if row.state != "succeeded":
        return made.error.name if made.error else row.state
    read = storm.stand.deployment.read_output
    return {artifact.name: sha256(read(artifact.key)) for artifact in made.artifacts}


def tally(end: End) -> str:
    return end if isinstance(end, str) else "succeeded"


def told_of_all(storm: Storm) -> list[tuple[str, str]] | None:
    """Return the job and the state of each notification once every job's end was told of."""
    jobs = {each.job for each in storm.sent}
    told = [(each["id"], each["state"]) for _, each in storm.stand.notifications() if each["id"] in jobs]
    return told if {job for job, state in told if state != "failed"} == jobs else None


def check_notifications(storm: Storm, told: list[tuple[str, str]]) -> None:
    """See that each job's end was told of; a failure that was redriven may have been told of before."""
    final = {(job, state) for job, state in told if state != "failed"}
    assert len(final) == len(storm.sent)
    assert dict(final) == {job: row.state for job, row in storm.rows.items()}

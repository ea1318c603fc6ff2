"""A storm over whole stacks, in which nothing is lost and nothing done twice.

While 30 keys of each stack are written, one request in five fails or is refused, one in twenty is served
without an answer, some events are delivered twice, and two workers are killed. Some keys are overwritten,
emptied, deleted and written again, or mislabelled meanwhile: see ``support/uploads.py``. With ``review =
always`` people decide once, twice, in both ways or too late: see ``support/people.py``. After the storm,
``jobs reconcile`` and ``jobs redrive`` finish what it interrupted, and no secret is written down anywhere.

TWINLENS_STORM_KEYS=200 makes it a storm of 200 keys, over stacks without a review, too.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import boto3
import pytest
import requests
import uploads
from emulated import kill_a_worker
from people import People
from typer.testing import CliRunner
from uploads import End, Sent, sha256
from written import leaks, written

from bench.sending import FINAL_STATES
from cli.main import app
from core.chaos import Profile
from core.job import Job
from core.ledger import LedgerRow
from core.review.decisions import APPROVED, TOPIC
from local import stack
from local.environment import LocalStack

STORM = Profile(seed=7, throttle=0.1, error=0.1, lost=0.05)
LARGE = "TWINLENS_STORM_KEYS" in os.environ
KEYS = int(os.environ.get("TWINLENS_STORM_KEYS", "30"))
DUPLICATED = 4
KILLS = 2 + KEYS // 100
QUIET_LOOKS = 3  # in a row
PAUSE_SECONDS = 2
PATIENCE_SECONDS = 300 + 4 * KEYS
REVIEW_SECONDS = 60 + KEYS  # for all decisions to be made on a slow machine


@dataclass(frozen=True)
class Setup:
    """What a storm goes over: stacks, and their settings besides their own."""

    stacks: tuple[LocalStack, ...]
    settings: Mapping[str, str]
    keys: int = KEYS


REVIEW = {"review": "always", "reviewSeconds": str(REVIEW_SECONDS)}
SETUPS = {
    "reviewed": Setup(tuple(LocalStack), REVIEW),
    "durable": Setup((LocalStack.AWS,), {"orchestrator": "durable"}, KEYS if LARGE else KEYS // 2),
}
if LARGE:
    SETUPS["usual"] = Setup(tuple(LocalStack), {})
    SETUPS["durable-reviewed"] = Setup((LocalStack.AWS,), {"orchestrator": "durable", **REVIEW})

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(2 * (PATIENCE_SECONDS + REVIEW_SECONDS))]


@dataclass
class Storm:
    """The storm over one cloud: what was sent, the rows at the last look, and what the summary tells."""

    stand: Any
    prefix: str
    keys: int
    sending: Future[list[Sent]] = field(default_factory=Future)
    complete: set[str] = field(default_factory=set)
    rows: dict[str, LedgerRow] = field(default_factory=dict)
    people: People = field(default_factory=People)
    tokens: set[str] = field(default_factory=set)
    kills_at: list[int] = field(init=False)
    tallies: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.kills_at = [self.keys * (n + 1) // (KILLS + 2) for n in range(KILLS)]

    @property
    def stack(self) -> str:
        return str(self.stand.deployment.stack)

    @property
    def outputs(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.stand.deployment.outputs
        return found

    @property
    def sent(self) -> list[Sent]:
        return self.sending.result()

    @property
    def ended(self) -> int:
        return sum(row.state in FINAL_STATES for row in self.rows.values())

    def look(self) -> bool:
        """Read the ledger and decide what is asked; return whether anybody or anything is still to come."""
        sent = self.sending.done()
        self.rows = {row.id: row for row in self.stand.deployment.rows() if self.prefix in row.key}
        self.tokens |= {row.token for row in self.rows.values() if row.token}
        self.people.hear(
            each for each in self.stand.notifications() if self.prefix in each[1]["source"]["key"]
        )
        # Nobody decides about a photo that is still to be replaced.
        answered = self.people.decide(self.complete.__contains__)
        return not (sent and answered)

    def send(self) -> list[Sent]:
        """Upload everything, deliver some events once more, and return the jobs that must come of it."""
        stand = self.stand
        keys = [stand.deployment.key(f"{self.prefix}{number:03}.jpg") for number in range(self.keys)]
        kinds = uploads.kinds(self.keys)

        def begin(number: int) -> Sent:
            sent = uploads.first(stand, keys[number], number, kinds[number])
            if sent.kind == "usual" and number % DUPLICATED == 0:
                stand.deliveries.deliver(sent.key, sent.etag, len(sent.data), times=1)
            return sent

        def go_on(number: int) -> list[Sent]:
            more = uploads.second(stand, keys[number], number, sent[number])
            self.complete.add(keys[number])
            return more

        with ThreadPoolExecutor(4) as senders:
            # What is replaced comes last, so that it is under way when that happens.
            order = range(self.keys)[::-1]
            sent = dict(zip(order, senders.map(begin, order), strict=True))
            found = [*sent.values(), *chain.from_iterable(senders.map(go_on, order))]
        # On S3 the same bytes have the same etag, and so the same job.
        return list({each.job: each for each in found}.values())


def under_way(outputs: Mapping[str, Any], stand: Any, state: Any) -> int:
    """Return how many executions have not ended, and how many events wait for theirs."""
    if outputs["cloud"] == "azure":
        query = {"limit": 20 * KEYS}
        url, key = f"{state.azure.control}/instances", state.azure.authorization
        apps = requests.get(url, query, headers=key, timeout=30).json()["instances"]
        found = [each for instances in apps.values() for each in instances]
        waiting = stand.deliveries.queue("uploads").get_queue_properties().approximate_message_count
        return waiting + sum(each["status"] in ("PENDING", "RUNNING") for each in found)
    if outputs["orchestrator"] == "durable":
        function, _, alias = outputs["workflow"].rpartition(":")
        service = boto3.client("lambda")
        version = service.get_alias(FunctionName=function, Name=alias)["FunctionVersion"]
        executions = service.get_paginator("list_durable_executions_by_function")
        running = {"FunctionName": function, "Qualifier": version, "Statuses": ["RUNNING"]}
        return sum(len(page["DurableExecutions"]) for page in executions.paginate(**running))
    pages = boto3.client("stepfunctions").get_paginator("list_executions")
    running = {"stateMachineArn": outputs["workflow"], "statusFilter": "RUNNING"}
    return sum(len(page["executions"]) for page in pages.paginate(**running))


def outlast(storms: list[Storm], state: Any) -> None:
    """Wait until nothing is under way any more; kill a worker whenever enough jobs have ended."""
    deadline = time.monotonic() + PATIENCE_SECONDS + REVIEW_SECONDS
    idle = 0
    while idle < QUIET_LOOKS:
        time.sleep(PAUSE_SECONDS)
        busy = [each.look() or under_way(each.outputs, each.stand, state) for each in storms]
        idle = 0 if any(busy) else idle + 1
        for each in storms:
            if each.kills_at and each.ended >= each.kills_at[0]:
                each.kills_at.pop(0)
                kill_a_worker(state, each.outputs["cloud"])
        assert time.monotonic() < deadline, f"{[each.ended for each in storms]} ended"
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
        mine = [each for each in found if storm.prefix in each["key"]]
        if not mine:
            break
        storm.tallies.update(f"{each['why']}, {each['done']}" for each in mine)
        outlast([storm], state)


@pytest.fixture(scope="module")
def changed(local_stacks: Any) -> Iterator[set[str]]:
    """The names of stacks whose settings were changed; they get their own again at the end."""
    names: set[str] = set()
    yield names
    for each in names:
        stack.up(each)


@pytest.fixture(params=SETUPS)
def storms(
    request: pytest.FixtureRequest,
    stands: Any,
    local_stacks: Any,
    connect_stand: Callable[..., Any],
    changed: set[str],
) -> list[Storm]:
    """The storm over the stacks of each set-up, outlasted and recovered from."""
    setup, state = SETUPS[request.param], local_stacks.state
    changed.update(setup.stacks)

    def deploy(**settings: str) -> list[tuple[str, dict[str, Any]]]:
        told = {f"twinlens:{name}": value for name, value in {**setup.settings, **settings}.items()}
        return [(str(each), stack.up(each, settings=told)) for each in setup.stacks]

    found = [
        Storm(connect_stand(name, state, outputs), f"faults/{request.param}/", setup.keys)
        for name, outputs in deploy(chaos=str(STORM))
    ]
    with ThreadPoolExecutor(len(found)) as senders:
        for each in found:
            each.sending = senders.submit(each.send)
        outlast(found, state)
    for each in found:
        each.tallies.update(f"{row.state} in the storm" for row in each.rows.values())
        each.tallies["without a row after the storm"] = len(each.sent) - len(each.rows)
    deploy()
    for each in found:
        recover(each, state)
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
        say(f"{storm.stack}, {storm.prefix}: {STORM}, {dict(sorted(storm.tallies.items()))}")
        check_notifications(storm, told)
        if storm.outputs["orchestrator"] == "standard":
            assert not repeated, "SNS was asked once"
        assert not run_command("redrive", "-s", storm.stack, "--dry-run"), "no dead letters, nothing failed"
        secrets = storm.people.secrets() | storm.tokens
        assert leaks(written(storm.stand, list(storm.rows)[:1]), secrets) == []


def check(storm: Storm) -> None:
    """See that every job came to its right end, with outputs of its own bytes, after retries."""
    ends = {each: end_of(storm, each.job) for each in storm.sent}
    storm.tallies.update(f"{each.kind}: {tally(end)}" for each, end in ends.items())
    wrong = {(each.kind, each.job): end for each, end in ends.items() if not is_right(storm, each, end)}
    assert not wrong
    assert storm.rows.keys() == {each.job for each in storm.sent}
    storm.people.check()
    if storm.people.by_link:
        assert {"succeeded", "refused", "expired"} <= {row.state for row in storm.rows.values()}
    storm.tallies.update(f"answered {status}" for status in storm.people.answers().elements())
    attempts = Counter(step["attempt"] for row in storm.rows.values() for step in row.document["trace"])
    assert attempts.total() - attempts[1] > storm.keys / 20, f"there was hardly a storm: {attempts}"


def is_right(storm: Storm, sent: Sent, end: End) -> bool:
    """Return whether the job ended as its bytes do, or as was decided."""
    row = storm.rows.get(sent.job)
    review = row.document.get("review") if row else None
    if row is None or review is None:
        return sent.is_right(end) and not (storm.people.by_link and tally(end) == "succeeded")
    decided = review["decision"] in storm.people.possible(row)
    if review["decision"] == APPROVED:
        return decided and sent.is_right(end)
    return decided and end == row.state == review["decision"] and not row.document["artifacts"]


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
    told = [
        (each["id"], each["state"])
        for topic, each in storm.stand.notifications()
        if topic != TOPIC and each["id"] in jobs
    ]
    return told if {job for job, state in told if state != "failed"} == jobs else None


def check_notifications(storm: Storm, told: list[tuple[str, str]]) -> None:
    """See that each job's end was told of; a failure that was redriven may have been told of before."""
    final = {(job, state) for job, state in told if state != "failed"}
    assert len(final) == len(storm.sent)
    assert dict(final) == {job: row.state for job, row in storm.rows.items()}

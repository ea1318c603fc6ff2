"""A live stack is switched while photos are under way; its project has a filter and steps of its own."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image
from typer.testing import CliRunner

from bench.sending import FINAL_STATES
from cli.main import app
from core.errors import ObjectMissing
from core.job import Job, Problem, job_id
from local.environment import LocalStack

pytestmark = pytest.mark.e2e

# Every request to a store takes this much longer, so that photos are under way while the stack changes.
SLOW = "seed=1 latency=1 latency_ms=3000"
# What is deployed one after the other, by orchestrator and granularity.
TURNS = {
    LocalStack.AWS: (
        ("standard", "fused"),
        ("durable", "stepwise"),
        ("express", "stepwise"),
        ("durable", "fused"),
    ),
    LocalStack.AZURE: (("storage", "fused"), ("scheduler", "stepwise"), ("scheduler", "fused")),
}


class Uploads(threading.Thread):
    """Keeps six photos under way, one second apart, from another thread, until the block is left."""

    def __init__(self, stand, photo):
        super().__init__(daemon=True)
        self._stand, self._photo = stand, photo
        self._done = threading.Event()
        self.sent = {}  # when each job's photo was sent, in that order

    def send(self, name=""):
        key, now = f"incoming/switching/{name or len(self.sent)}.jpg", datetime.now(UTC)
        etag = self._stand.deployment.connection.upload(key, self._photo)
        outputs = self._stand.deployment.outputs
        job = job_id(outputs["inputContainer"], key, etag, outputs["recipe"])
        self.sent[job] = now
        return job

    def run(self):
        open_jobs = set()
        while not self._done.wait(1):
            rows = {job: self._stand.deployment.row(job) for job in open_jobs}
            open_jobs = {job for job, row in rows.items() if row is None or row.state == "claimed"}
            if len(open_jobs) < 6:
                open_jobs.add(self.send())

    def __enter__(self):
        self._stand.claimed(self.send("first"))
        self.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self.join()


@dataclass
class Switched:
    """What became of the photos: by job, and the job and the unwanted one of each combination."""

    stand: object
    rows: dict[str, object]
    made: dict[str, dict[str, bytes]]
    sent: dict[str, datetime] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    # Ended while their function was deleted, perhaps before anybody could be told: see docs/reliability.md.
    untold: set[str] = field(default_factory=set)
    switches: list[datetime] = field(default_factory=list)
    wanted: dict[tuple[str, str], str] = field(default_factory=dict)
    unwanted: dict[tuple[str, str], str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def done():
    """The stacks that were switched; filled by the first test that asks."""
    return {}


@pytest.fixture
def switched(running, changing, connect_stand, photo, name, done, wait):
    """A stack after each of its settings was switched under load."""
    if name not in done:
        done[name] = switch(running, changing, connect_stand, photo, name, wait)
    return done[name]


def switch(running, changing, connect_stand, photo, name, wait):
    """Deploy one combination after the other. Deploying the last one again changes nothing."""
    first, *others = TURNS[name]
    outputs = changing.up(name, chaos=SLOW, orchestrator=first[0], granularity=first[1])
    stand = connect_stand(name, running, outputs)
    before = {row.id for row in stand.deployment.rows()}
    result, function, gone = Switched(stand, {}, {}), "", {}
    with Uploads(stand, photo) as uploads:
        result.wanted[first] = next(iter(uploads.sent))
        result.unwanted[first] = uploads.send("unwanted at first")
        for chosen in others:
            result.switches.append(datetime.now(UTC))
            now = changing.up(name, chaos=SLOW, orchestrator=chosen[0], granularity=chosen[1])
            result.wanted[chosen] = uploads.send(" ".join(chosen))
            result.unwanted[chosen] = uploads.send(" ".join(("unwanted", *chosen)))
            for kept in ("inputContainer", "outputContainer", "ledger", "successTopic", "errorTopic"):
                assert now[kept] == outputs[kept]
            assert (now["orchestrator"], now["granularity"]) == chosen
            if function:
                gone[function] = result.switches[-1], datetime.now(UTC)
            function = f"{now['workflow'].rpartition(':')[0]}:" if chosen[0] == "durable" else ""
        assert set(changing.preview(name)) == {"same"}
    result.lost = send_on(stand, uploads.sent, gone, wait)
    result.sent = uploads.sent
    result.rows = {job: stand.finished(job) for job in uploads.sent}
    for function, (began, ended) in gone.items():
        cut = {job for job, row in result.rows.items() if row.document["execution"].startswith(function)}
        result.untold |= {job for job in cut if began <= moment(result.rows[job]) <= ended}
    assert {row.id for row in stand.deployment.rows()} - before == set(result.rows)
    sent = [key for key in stand.deployment.connection.intake.uploads() if "/switching/" in str(key)]
    assert len(sent) == len(result.rows)
    for job, row in result.rows.items():
        artifacts = Job.from_document(row.document).artifacts
        result.made[job] = {each.name: stand.deployment.read_output(each.key) for each in artifacts}
    return result


def send_on(stand, sent, gone, wait):
    """Recover and return the jobs that were lost with a durable function, once all others have ended.

    ``gone`` says by the beginning of its executions' ARNs since and until when a function was deleted.
    """

    def lost(job, row):
        if row is None:  # not claimed before
            return any(sent[job] < ended for _, ended in gone.values())
        return row.state not in FINAL_STATES and row.document["execution"].startswith(tuple(gone))

    def look():
        rows = {job: stand.deployment.row(job) for job in sent}
        found = {job for job, row in rows.items() if lost(job, row)}
        ended = {job for job, row in rows.items() if row and row.state in FINAL_STATES}
        return found if found | ended == set(sent) else None

    found = wait(look, "all jobs to end, or to be lost with their function")
    if found:
        command = ["jobs", "reconcile", "-s", stand.deployment.stack, "--older-than", "0"]
        told = CliRunner().invoke(app, command)
        assert told.exit_code == 0, told.output
    return found


def moment(row):
    """Return when the job ended."""
    return datetime.fromisoformat(row.updated_at)


def crossed(switched, began):
    """Return the jobs whose photos were sent before a switch began and were not done by then."""
    return [job for job, sent in switched.sent.items() if sent <= began < moment(switched.rows[job])]


def test_no_switch_of_orchestrator_or_granularity_loses_or_changes_a_photo(switched):
    """Each switch begins while photos are under way."""
    rows = switched.rows
    assert all(crossed(switched, began) for began in switched.switches)
    for job, row in rows.items():
        unwanted = job in switched.unwanted.values()
        assert row.state == ("rejected" if unwanted else "succeeded"), row.document["error"]
        told = switched.stand.notifications if job in switched.untold else switched.stand.notified
        topics = [topic for topic, _ in told(job)]
        assert topics == ["error" if unwanted else "success"] or (job in switched.untold and not topics)
        if not unwanted:
            assert switched.made[job] == switched.made[next(iter(rows))] != {}


def test_a_filter_and_steps_are_added_in_one_place_each(switched, photo, name):
    """The architecture's own test: a file each, a line in the definition, the filter's name in a recipe.

    In both granularities the gate lets one photo pass and leaves nothing of the other.
    """
    for (_, granularity), job in switched.wanted.items():
        steps = [entry.step for entry in Job.from_document(switched.rows[job].document).trace]
        assert (steps[:2], steps[-1]) == (["validate", "moderate"], "write_size")
        if job in switched.lost:  # and sent on when all was deployed
            granularity = TURNS[name][-1][1]
        work = {"process"} if granularity == "fused" else {"resize", "apply_filters", "optimize"}
        assert set(steps[2:-1]) == work
    made = switched.made[next(iter(switched.wanted.values()))]
    assert made["size.txt"] == f"{len(photo)} bytes".encode()
    assert levels(made["filtered.jpg"]) < levels(made["display.jpg"])
    for job in switched.unwanted.values():
        rejected = Job.from_document(switched.rows[job].document)
        assert rejected.error == Problem("PhotoError", "Nobody wants to see it.")
        assert [entry.step for entry in rejected.trace] == ["validate", "moderate"]
        for artifact in made:
            with pytest.raises(ObjectMissing):
                switched.stand.deployment.read_output(f"{rejected.output_prefix}{artifact}")


def levels(data):
    """Return how many different grays hold over a hundredth of the picture each."""
    with Image.open(BytesIO(data)) as picture:
        counts = picture.convert("L").histogram()
    return sum(count > sum(counts) / 200 for count in counts)

"""The orchestrator and the granularity of a live stack are switched while photos are under way."""

import threading
from datetime import UTC, datetime

import pytest
from emulated import configure

from core.job import Job, job_id
from local import stack
from local.environment import LocalStack

pytestmark = pytest.mark.e2e


class Uploads(threading.Thread):
    """Uploads a photo every three seconds, from another thread, until the block is left."""

    def __init__(self, stand, outputs, photo):
        super().__init__(daemon=True)
        self._stand, self._outputs, self._photo = stand, outputs, photo
        self._done = threading.Event()
        self.jobs = []

    def send(self, name=""):
        key = f"incoming/{name or len(self.jobs)}.jpg"
        etag = self._stand.deployment.connection.upload(key, self._photo)
        outputs = self._outputs
        self.jobs.append(job_id(outputs["inputContainer"], key, etag, outputs["recipe"]))
        return self.jobs[-1]

    def run(self):
        open_jobs = set()
        while not self._done.wait(3):
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
    """Each switch happens while photos are under way; deploying it again changes nothing.

    Three combinations are deployed, and each setting is switched; the shared stacks are the fourth.
    """
    usual, other = OTHER[name]
    configure(project, name, chaos=SLOW, orchestrator=usual, granularity="fused")
    outputs = stack.up(name, project)
    stand = connect_stand(name, running, outputs)
    switches, after = [], {}
    with Uploads(stand, outputs, photo) as uploads:
        for orchestrator, granularity in ((other, "stepwise"), (other, "fused")):
            configure(project, name, orchestrator=orchestrator, granularity=granularity)
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
        for combination, job in (((usual, "fused"), uploads.jobs[0]), *after.items())
    }
    assert steps[usual, "fused"] == steps[other, "fused"] == {"process"}
    assert steps[other, "stepwise"] == {"validate", "resize", "apply_filters", "optimize"}
    assert {row.id for row in stand.deployment.rows()} == set(rows)
    assert len(list(stand.deployment.connection.intake.uploads())) == len(rows)
    made = []
    for row in rows.values():
        assert row.state == "succeeded", row.document["error"]
        assert [topic for topic, _ in stand.notified(row.id)] == ["success"]
        job = Job.from_document(row.document)
        made.append({each.name: stand.deployment.read_output(each.key) for each in job.artifacts})
        assert made[-1] == made[0] != {}
    stack.destroy(name, project)

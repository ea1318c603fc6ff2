"""Photos wait for a person: decided by command, decided twice, told of twice, or by nobody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from core.job import job_id
from core.ledger import AWAITING
from core.review import NotDecided, decide

pytestmark = pytest.mark.e2e
SECONDS = 45  # for all decisions to be made on a slow machine
PHOTOS = ("approved", "refused", "contested", "forgotten")


@pytest.fixture
def stand(changing, running, connect_stand, name):
    outputs = changing.up(name, review="always", reviewSeconds=SECONDS)
    return connect_stand(name, running, outputs)


@pytest.fixture
def waiting(stand, photo, wait):
    """Jobs that wait, by what is to become of them."""
    outputs, jobs = stand.deployment.outputs, {}
    for each in PHOTOS:
        key = f"incoming/{each}.jpg"
        etag = stand.deployment.connection.upload(key, photo)
        jobs[each] = job_id(outputs["inputContainer"], key, etag, outputs["recipe"])

    def look():
        rows = [stand.deployment.row(job) for job in jobs.values()]
        return rows if all(row and row.state == AWAITING for row in rows) else None

    rows = dict(zip(jobs, wait(look, "photos that wait"), strict=True))
    asked = {message["id"] for topic, message in stand.notifications() if topic == "review"}
    assert asked <= set(jobs.values())
    return rows


def test_photos_wait_for_a_person(stand, waiting):
    connection = stand.deployment.connection

    def say(photo, decision, reason=""):
        job, moment = waiting[photo].id, datetime.now(UTC)
        try:
            return decide(connection.ledger, connection.wake, job, decision, reason, moment).decision
        except NotDecided as error:
            return str(error)

    row = waiting["contested"]
    stand.deliveries.deliver(row.document["source"]["key"], row.document["source"]["etag"], 1, times=2)
    assert say("approved", "approved") == "approved"
    assert say("refused", "refused", "It is blurred.") == "refused"
    with ThreadPoolExecutor() as people:
        said = list(people.map(lambda decision: say("contested", decision), ["approved", "refused"]))
    [decided] = [each for each in said if each in ("approved", "refused")]
    [told] = [each for each in said if each != decided]
    assert told == f"The job {row.id} was decided before: it is {decided}."
    assert f"is {decided}" in say("contested", "refused")

    ends = {photo: stand.finished(row.id) for photo, row in waiting.items()}
    states = {photo: row.state for photo, row in ends.items()}
    assert states == {
        "approved": "succeeded",
        "refused": "refused",
        "contested": {"approved": "succeeded", "refused": "refused"}[decided],
        "forgotten": "expired",
    }
    assert "too late" in say("forgotten", "approved") or "expired" in say("forgotten", "approved")
    assert ends["approved"].document["flags"] == ["always"]
    review = ends["refused"].document["review"]
    assert (review["decision"], review["reason"]) == ("refused", "It is blurred.")
    forgotten = ends["forgotten"].document["review"]
    assert forgotten["ended_at"] >= forgotten["deadline"]
    for photo, row in ends.items():
        topics = [topic for topic, _ in stand.notified(row.id)]
        assert topics.count("review") == 1, (photo, topics)
        artifacts = row.document["artifacts"]
        assert bool(artifacts) == (row.state == "succeeded")
        assert all(stand.deployment.read_output(each["key"]) for each in artifacts)

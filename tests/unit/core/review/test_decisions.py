"""A person's decision about a job: the first one counts, and every other is told why it does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from core.errors import StoreUnavailable
from core.job import Job, Source
from core.memory import MemoryLedger, MemoryNotifier
from core.review import decisions
from core.review.decisions import NotDecided, NotWoken, ask, decide, settle

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS = 3600
END = MOMENT + timedelta(seconds=SECONDS)
JOB = Job(
    "a" * 32, "gallery", Source("uploads", "incoming/a.jpg", "etag", 7), "first", "", "", flags=("animated",)
)


@pytest.fixture
def ledger():
    made = MemoryLedger()
    made.claim(JOB)
    return made


@pytest.fixture
def notifier():
    return MemoryNotifier()


@pytest.fixture
def woken():
    return []


@pytest.fixture
def waiting(ledger, notifier):
    return ask(JOB, SECONDS, MOMENT, ledger, notifier)


def test_whoever_decides_is_told_what_about_and_until_when(waiting, notifier, ledger):
    [(topic, message)] = notifier.published

    assert (topic, message["id"], message["flags"]) == ("review", JOB.id, ["animated"])
    assert (message["state"], message["review"]["deadline"]) == (
        "awaiting_approval",
        "2026-01-01T01:00:00.000Z",
    )
    assert "link" not in message
    assert ledger.get(JOB.id).document == waiting.to_document()


def test_a_link_has_a_secret_that_only_the_notification_knows(ledger, notifier):
    ask(JOB, SECONDS, MOMENT, ledger, notifier, page="https://page.example/review")

    link = urlsplit(notifier.published[0][1]["link"])
    asked = parse_qs(link.query)
    assert (link.netloc, link.path, asked["job"]) == ("page.example", "/review", [JOB.id])
    [secret] = asked["key"]
    assert len(secret) >= 43
    row = ledger.get(JOB.id)
    assert row.link_hash == decisions.digest(secret)
    assert secret not in str(row) + str(row.document)


def test_a_job_of_another_execution_is_not_asked_about(ledger, notifier):
    asked = ask(replace(JOB, execution="second"), SECONDS, MOMENT, ledger, notifier)

    assert (asked.state, notifier.published) == ("duplicate", [])


def test_nobody_is_asked_again_after_a_decision(waiting, ledger, woken, notifier):
    decide(ledger, woken.append, JOB.id, "refused", "seen", MOMENT)

    assert ask(JOB, SECONDS, MOMENT + timedelta(seconds=9), ledger, notifier) == waiting
    assert len(notifier.published) == 1
    assert settle(waiting, ledger).review.decision == "refused"


@pytest.mark.parametrize("decision", ["approved", "refused"])
def test_a_decision_wakes_the_workflow_which_finds_it(waiting, ledger, woken, decision):
    row = decide(ledger, woken.append, JOB.id, decision, "seen", END - timedelta(seconds=1))

    assert woken == [row]
    settled = settle(waiting, ledger)
    assert (settled.state, settled.review.decision, settled.review.reason) == ("claimed", decision, "seen")
    assert settled.review.ended_at > settled.review.asked_at


def test_nobody_s_decision_is_expired(waiting, ledger):
    assert settle(waiting, ledger).review.decision == "expired"


def test_a_second_decision_changes_nothing_but_wakes_again(waiting, ledger, woken):
    decide(ledger, woken.append, JOB.id, "approved", "", MOMENT)

    with pytest.raises(NotDecided, match=f"The job {JOB.id} was decided before: it is approved."):
        decide(ledger, woken.append, JOB.id, "refused", "", MOMENT)
    assert [each.decision for each in woken] == ["approved"] * 2


def test_of_two_at_once_one_is_told_of_the_other(waiting, ledger, woken, monkeypatch):
    seen, faster = ledger.get(JOB.id), []

    def read(job):
        """Let the other one decide behind the first reading."""
        if faster:
            return MemoryLedger.get(ledger, job)
        faster.append(ledger.decide(seen, "refused", ""))
        return seen

    monkeypatch.setattr(ledger, "get", read)
    with pytest.raises(NotDecided, match="it is refused"):
        decide(ledger, woken.append, JOB.id, "approved", "", MOMENT)


def test_a_late_decision_is_refused(waiting, ledger, woken):
    with pytest.raises(NotDecided, match=r"too late: its time ended at 2026-01-01T01:00:00\.000Z"):
        decide(ledger, woken.append, JOB.id, "approved", "", END)
    assert (woken, ledger.get(JOB.id).decision) == ([], "")


def test_a_job_that_does_not_wait_is_not_decided_about(ledger, woken):
    with pytest.raises(NotDecided, match="does not wait for a decision: it is claimed"):
        decide(ledger, woken.append, JOB.id, "approved", "", MOMENT)
    ledger.record(replace(JOB, state="failed"))
    with pytest.raises(NotDecided, match="does not wait for a decision: it has ended as failed"):
        decide(ledger, woken.append, JOB.id, "approved", "", MOMENT)
    with pytest.raises(NotDecided, match="There is no job b"):
        decide(ledger, woken.append, "b", "approved", "", MOMENT)


def test_a_decision_is_kept_if_the_workflow_cannot_be_told(waiting, ledger, woken):
    def unreachable(row):
        raise StoreUnavailable("The queue is unavailable.")

    with pytest.raises(NotWoken, match="is approved, but its workflow could not be told: The queue is"):
        decide(ledger, unreachable, JOB.id, "approved", "", MOMENT)
    with pytest.raises(NotDecided, match="it is approved"):
        decide(ledger, woken.append, JOB.id, "approved", "", MOMENT)
    assert [each.decision for each in woken] == ["approved"]


def test_a_reason_is_short(waiting, ledger, woken):
    with pytest.raises(NotDecided, match="The reason has 501 characters; at most 500 are kept"):
        decide(ledger, woken.append, JOB.id, "approved", "x" * 501, MOMENT)


def test_a_reason_is_kept_without_what_it_hides(waiting, ledger, woken):
    decide(ledger, woken.append, JOB.id, "refused", " no\r\n\x1b[2J\u202efaces\udcff ", MOMENT)
    [(decision, reason)] = [ledger.settle(waiting)]
    assert (decision, reason) == ("refused", "no\n\\x1b[2J\\u202efaces\\xff")


def test_a_job_about_which_nobody_decided_in_time_was_not_decided(waiting, ledger, woken):
    settle(waiting, ledger)
    with pytest.raises(NotDecided, match=f"The time to decide about the job {JOB.id} is over"):
        decide(ledger, woken.append, JOB.id, "approved", "", END)

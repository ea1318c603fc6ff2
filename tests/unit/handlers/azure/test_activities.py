"""Activities answer; they never raise."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from core.errors import StoreUnavailable
from core.job import Job
from core.memory import MemoryLedger, MemoryNotifier
from core.workflow.notification import message
from handlers.azure import activities, ports


@pytest.fixture
def ledger(monkeypatch):
    memory = MemoryLedger()
    monkeypatch.setattr(ports, "ledger", lambda: memory)
    return memory


@pytest.fixture
def notifier(monkeypatch):
    memory = MemoryNotifier()
    monkeypatch.setattr(ports, "notifier", lambda: memory)
    return memory


def payload(job, **details):
    return {"job": job.to_document(), "attempt": 1, **details}


def test_a_claim_answers_the_job(ledger, job):
    assert activities.claim(payload(job)) == {"ok": job.to_document()}


def test_a_claim_of_a_claimed_job_answers_a_duplicate(ledger, job):
    activities.claim(payload(job))

    answer = activities.claim(payload(replace(job, execution="second")))

    assert Job.from_document(answer["ok"]).state == "duplicate"


def test_a_record_sets_the_state(ledger, job):
    activities.claim(payload(job))

    answer = activities.record(payload(job, state="succeeded"))

    assert answer["ok"]["state"] == "succeeded"
    assert ledger.get(job.id).document == answer["ok"]


def test_a_record_of_a_job_that_ended_otherwise_answers_a_duplicate(ledger, job):
    activities.claim(payload(job))
    activities.record(payload(job, state="failed"))

    answer = activities.record(payload(job, state="succeeded"))

    assert answer["ok"]["state"] == "duplicate"
    assert ledger.get(job.id).state == "failed"


def test_a_notification_goes_to_its_topic(notifier, job):
    assert activities.notify(payload(job, topic="error")) == {"ok": job.to_document()}
    assert notifier.published == [("error", message(job))]


def test_a_step_is_run_with_its_attempt(monkeypatch, job):
    seen = []

    def execute(name, given, tools, attempt):
        seen.append((name, given, tools, attempt))
        return replace(given, state="seen")

    monkeypatch.setattr(activities, "execute", execute)
    monkeypatch.setattr(activities, "tools", lambda store: SimpleNamespace(opened_by=store))

    answer = activities.step("resize")({**payload(job), "attempt": 3})

    assert answer["ok"]["state"] == "seen"
    [(name, given, tools, attempt)] = seen
    assert (name, given, attempt) == ("resize", job, 3)
    assert tools.opened_by is ports.store


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (StoreUnavailable("Come back later."), {"name": "StoreUnavailable", "message": "Come back later."}),
        (ZeroDivisionError("division by zero"), {"name": "ZeroDivisionError", "message": "division by zero"}),
    ],
)
def test_errors_are_answered_by_name(monkeypatch, job, error, answer):
    def fail(*_):
        raise error

    monkeypatch.setattr(activities, "execute", fail)
    monkeypatch.setattr(activities, "tools", lambda store: None)

    assert activities.step("resize")(payload(job)) == {"error": answer}

"""Activities answer; they never raise."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from core.errors import StoreUnavailable
from core.job import Job
from core.memory import MemoryLedger, MemoryNotifier
from core.workflow import activities as module
from core.workflow.activities import activities
from core.workflow.model import Step
from core.workflow.notification import message

TOOLS = SimpleNamespace(name="the tools")


@pytest.fixture
def ledger():
    return MemoryLedger()


@pytest.fixture
def notifier():
    return MemoryNotifier()


@pytest.fixture
def run(ledger, notifier):
    """Run an activity by its name."""
    found = activities(
        [Step("resize", frozenset(), frozenset())],
        claims=lambda: ledger,
        notifier=lambda: notifier,
        tools=lambda: TOOLS,
    )
    return lambda name, payload: found[name](payload)


def payload(job, **details):
    return {"job": job.to_document(), "attempt": 1, **details}


def test_a_claim_answers_the_job(run, ledger, job):
    assert run("claim", payload(job)) == {"ok": job.to_document()}


def test_a_claim_of_a_claimed_job_answers_a_duplicate(run, ledger, job):
    run("claim", payload(job))

    answer = run("claim", payload(replace(job, execution="second")))

    assert Job.from_document(answer["ok"]).state == "duplicate"


def test_a_record_sets_the_state(run, ledger, job):
    run("claim", payload(job))

    answer = run("record", payload(job, state="succeeded"))

    assert answer["ok"]["state"] == "succeeded"
    assert ledger.get(job.id).document == answer["ok"]


def test_a_record_of_a_job_that_ended_otherwise_answers_a_duplicate(run, ledger, job):
    run("claim", payload(job))
    run("record", payload(job, state="failed"))

    answer = run("record", payload(job, state="succeeded"))

    assert answer["ok"]["state"] == "duplicate"
    assert ledger.get(job.id).state == "failed"


def test_a_notification_goes_to_its_topic(run, notifier, job):
    assert run("notify", payload(job, topic="error")) == {"ok": job.to_document()}
    assert notifier.published == [("error", message(job))]


def test_a_step_is_run_with_its_attempt(run, monkeypatch, job):
    seen = []

    def execute(name, given, tools, attempt):
        seen.append((name, given, tools, attempt))
        return replace(given, state="seen")

    monkeypatch.setattr(module, "execute", execute)

    answer = run("resize", {**payload(job), "attempt": 3})

    assert answer["ok"]["state"] == "seen"
    [(name, given, tools, attempt)] = seen
    assert (name, given, attempt) == ("resize", job, 3)
    assert tools is TOOLS


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (StoreUnavailable("Come back later."), {"name": "StoreUnavailable", "message": "Come back later."}),
        (ZeroDivisionError("division by zero"), {"name": "ZeroDivisionError", "message": "division by zero"}),
    ],
)
def test_errors_are_answered_by_name(run, monkeypatch, job, error, answer):
    def fail(*_):
        raise error

    monkeypatch.setattr(module, "execute", fail)

    assert run("resize", payload(job)) == {"error": answer}


def test_a_notification_is_left_to_the_reconciler_by_the_execution_that_holds_the_row(run, ledger, job):
    ended = replace(job, state="succeeded")
    run("claim", payload(job))
    ledger.record(ended)

    other = Job.from_document(run("defer", payload(replace(ended, execution="second")))["ok"])
    assert (other.state, ledger.get(job.id).unsent) == ("duplicate", False)
    assert run("defer", payload(ended)) == {"ok": ended.to_document()}
    assert ledger.get(job.id).unsent

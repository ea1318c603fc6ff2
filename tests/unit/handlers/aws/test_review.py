"""Asking about a job and waking its execution, without AWS."""

from contextlib import nullcontext
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from core.deployment import variables
from core.errors import StoreError
from core.job import Job, Source
from core.ledger import LedgerRow
from core.memory import MemoryLedger, MemoryNotifier
from handlers.aws import review

NOW = "2026-01-01T00:00:00.000Z"
JOB = Job("1" * 32, "gallery", Source("photos", "a.jpg", "e", 1), "first", NOW, NOW, flags=("animated",))
ROW = LedgerRow(JOB.id, "awaiting_approval", NOW, NOW, JOB.to_document(), "approved", "token")


class States:
    """Step Functions, which may not know a token any more."""

    class exceptions:
        TaskTimedOut, TaskDoesNotExist, InvalidToken = (
            type(name, (ClientError,), {}) for name in ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken")
        )

    def __init__(self, error=None):
        self.error, self.told = error, []

    def send_task_success(self, **told):
        self.told.append(told)
        if self.error:
            answer = {"Error": {"Code": self.error}, "ResponseMetadata": {"HTTPStatusCode": 400}}
            raise getattr(self.exceptions, self.error, ClientError)(answer, "SendTaskSuccess")


@pytest.fixture
def states(monkeypatch):
    made = States()
    monkeypatch.setattr(review, "client", lambda service: made)
    return made


@pytest.fixture
def asking(monkeypatch):
    """The ledger and the notifications of the function that asks."""
    ledger, notifier = MemoryLedger(), MemoryNotifier()
    ledger.claim(JOB)
    monkeypatch.setenv(variables.LEDGER_TABLE, "ledger")
    monkeypatch.setenv(variables.REVIEW_TOPIC, "arn:aws:sns:us-east-1:1:review")
    monkeypatch.setattr(review, "DynamoLedger", lambda table: ledger)
    monkeypatch.setattr(review, "SnsNotifier", lambda topics: notifier)
    return ledger, notifier


def test_the_function_asks_and_returns_the_job(asking):
    ledger, notifier = asking
    document = review.ask({"job": JOB.to_document(), "seconds": 60, "attempt": 1}, None)

    assert (document["state"], document["flags"]) == ("awaiting_approval", ["animated"])
    assert ledger.get(JOB.id).document == document
    assert [topic for topic, _ in notifier.published] == ["review"]


def test_each_attempt_to_ask_meets_faults_of_its_own(asking, monkeypatch):
    attempts = []
    monkeypatch.setattr(review, "during", lambda *met: attempts.append(met) or nullcontext())
    for attempt in (1, 2):
        review.ask({"job": JOB.to_document(), "seconds": 60, "attempt": attempt}, None)
    assert attempts == [("ask", JOB, 1), ("ask", JOB, 2)]


def test_a_decision_wakes_by_the_token_in_the_row(states):
    review.wake(ROW)
    assert states.told == [{"taskToken": "token", "output": "{}"}]


def test_an_execution_that_does_not_wait_yet_is_not_woken(states):
    review.wake(replace(ROW, token=""))
    assert states.told == []


@pytest.mark.parametrize("error", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_a_token_that_is_not_valid_any_more_is_no_error(states, error):
    states.error = error
    review.wake(ROW)


def test_any_other_error_is(states):
    states.error = "AccessDeniedException"
    with pytest.raises(StoreError, match=ROW.id):
        review.wake(ROW)

"""Asking about a job and waking its execution, without AWS."""

from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

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


DURABLE = replace(
    ROW,
    document=replace(JOB, execution="arn:aws:lambda:x:1:function:f:1/durable-execution/a/b").to_document(),
)
GONE = {
    "stepfunctions": ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken"),
    "lambda": ("CallbackTimeoutException", "ResourceNotFoundException", "InvalidParameterValueException"),
}
WAITING = {"stepfunctions": ROW, "lambda": DURABLE}


class Service:
    """Step Functions or Lambda, which may not know a token any more."""

    def __init__(self, gone):
        self.error, self.told = None, []
        self.exceptions = SimpleNamespace(**{name: type(name, (ClientError,), {}) for name in gone})

    def send_task_success(self, **told):
        self.told.append(told)
        if self.error:
            answer = {"Error": {"Code": self.error}, "ResponseMetadata": {"HTTPStatusCode": 400}}
            raise getattr(self.exceptions, self.error, ClientError)(answer, "Send")

    send_durable_execution_callback_success = send_task_success


@pytest.fixture
def services(monkeypatch):
    made = {name: Service(gone) for name, gone in GONE.items()}
    monkeypatch.setattr(review, "client", made.__getitem__)
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


@pytest.mark.parametrize(
    ("service", "told"),
    [("stepfunctions", {"taskToken": "token", "output": "{}"}), ("lambda", {"CallbackId": "token"})],
)
def test_a_decision_wakes_by_the_token_in_the_row(services, service, told):
    review.wake(WAITING[service])
    assert {name: each.told for name, each in services.items() if each.told} == {service: [told]}


@pytest.mark.parametrize("row", WAITING.values())
def test_an_execution_that_does_not_wait_yet_is_not_woken(services, row):
    review.wake(replace(row, token=""))
    assert not [each.told for each in services.values() if each.told]


@pytest.mark.parametrize(
    ("service", "error"), [(name, error) for name, gone in GONE.items() for error in gone]
)
def test_a_token_that_is_not_valid_any_more_is_no_error(services, service, error):
    services[service].error = error
    review.wake(WAITING[service])


@pytest.mark.parametrize("service", GONE)
def test_any_other_error_is(services, service):
    services[service].error = "AccessDeniedException"
    with pytest.raises(StoreError, match=ROW.id):
        review.wake(WAITING[service])

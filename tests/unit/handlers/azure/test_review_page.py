"""The function behind the review page on Azure: requests in, answers out, decisions to the queue."""

from datetime import UTC, datetime
from types import SimpleNamespace
from urllib.parse import urlencode, urlsplit

import azure.functions as functions
import pytest

from core.job import Job, Source
from core.memory import MemoryLedger, MemoryNotifier
from core.review import decisions
from core.trace import now
from handlers.azure import review_page

JOB = Job("a" * 32, "gallery", Source("uploads", "incoming/a.jpg", "etag", 7), "first", now(), now())
ADDRESS = "https://app.example/api/review_page"


class Queue:
    queue_name = "decisions"

    def __init__(self):
        self.sent = []

    def send_message(self, text):
        self.sent.append(text)


@pytest.fixture
def queue(monkeypatch):
    made = Queue()
    service = SimpleNamespace(get_queue_client={"decisions": made}.__getitem__)
    monkeypatch.setenv("TWINLENS_DECISIONS_QUEUE", "decisions")
    monkeypatch.setattr(review_page.clients, "queues", lambda url: service)
    monkeypatch.setattr(review_page.adapters, "endpoint", lambda service: service)
    return made


@pytest.fixture
def link(queue, monkeypatch):
    ledger, notifier = MemoryLedger(), MemoryNotifier()
    ledger.claim(JOB)
    monkeypatch.setattr(review_page.adapters, "ledger", lambda: ledger)
    monkeypatch.setattr(review_page, "_picture", lambda job: b"small")
    decisions.ask(JOB, 600, datetime.now(UTC), ledger, notifier, ADDRESS)
    return notifier.published[0][1]["link"]


def call(method, url, body=b""):
    return review_page.respond(functions.HttpRequest(method, url, body=body))


def test_the_link_shows_the_photo_and_sends_nothing(link, queue):
    answer = call("GET", link)
    assert (answer.status_code, b"Approve this photo?" in answer.get_body()) == (200, True)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert queue.sent == []


def test_the_form_sends_the_job_s_id_and_nothing_of_the_link(link, queue):
    form = f"{urlsplit(link).query}&{urlencode({'decision': 'approved'})}"
    assert call("POST", ADDRESS, form.encode()).status_code == 200
    assert queue.sent == [JOB.id]


def test_another_method_is_told_which_are_answered(link):
    answer = call("DELETE", link)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")

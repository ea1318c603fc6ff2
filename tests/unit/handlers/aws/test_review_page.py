"""The Lambda function behind the review page: what a function URL sends, and what it is answered with."""

import base64
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

import pytest

from core.job import Job, Source
from core.memory import MemoryLedger, MemoryNotifier
from core.review import decisions
from core.trace import now
from handlers.aws import review_page

JOB = Job("a" * 32, "gallery", Source("uploads", "incoming/a.jpg", "etag", 7), "first", now(), now())


@pytest.fixture
def ledger(monkeypatch):
    made = MemoryLedger()
    made.claim(JOB)
    monkeypatch.setenv("TWINLENS_LEDGER_TABLE", "ledger")
    monkeypatch.setattr(review_page, "DynamoLedger", lambda table: {"ledger": made}[table])
    monkeypatch.setattr(review_page, "_picture", lambda job: b"small")
    return made


@pytest.fixture
def woken(monkeypatch):
    rows = []
    monkeypatch.setattr(review_page, "wake", rows.append)
    return rows


@pytest.fixture
def query(ledger):
    notifier = MemoryNotifier()
    decisions.ask(JOB, 600, datetime.now(UTC), ledger, notifier, "https://page.example/")
    return urlsplit(notifier.published[0][1]["link"]).query


def call(method, query="", **more):
    return review_page.handler(
        {"requestContext": {"http": {"method": method}}, "rawQueryString": query, **more}, None
    )


def test_the_link_shows_the_photo(query, woken):
    answer = call("GET", query)
    assert (answer["statusCode"], "Approve this photo?" in answer["body"]) == (200, True)
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert woken == []


@pytest.mark.parametrize("encoded", [True, False])
def test_the_form_decides_and_wakes_and_logs_nothing_of_it(query, ledger, woken, caplog, encoded):
    form = f"{query}&{urlencode({'decision': 'refused', 'reason': 'a face'})}"
    body = base64.b64encode(form.encode()).decode() if encoded else form
    assert call("POST", body=body, isBase64Encoded=encoded)["statusCode"] == 200
    assert [(row.id, row.decision) for row in woken] == [(JOB.id, "refused")]
    assert ledger.get(JOB.id).decision == "refused"
    assert query.partition("key=")[2] not in caplog.text


def test_a_request_without_a_body_or_a_query_is_answered(ledger, woken):
    assert call("POST")["statusCode"] == 404
    assert call("PATCH")["statusCode"] == 405

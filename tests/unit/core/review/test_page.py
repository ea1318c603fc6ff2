"""The review page: it shows to whoever has the link, decides once, and tells everybody else nothing."""

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

import pytest

from core.errors import StoreUnavailable, Superseded
from core.job import Job, Photo, Source
from core.ledger import AWAITING
from core.memory import MemoryLedger, MemoryNotifier
from core.review.decisions import ask, decide
from core.review.page import MAX_BODY_BYTES, Page, Request

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS = 3600
HOSTILE = 'incoming/<script>alert(1)</script>"\u202egpj.jpg'
JOB = Job(
    "a" * 32,
    "gallery",
    Source("uploads", HOSTILE, "etag", 7),
    "first",
    "",
    "",
    photo=Photo("jpeg", 4000, 3000, 1),
    flags=("animated",),
)


def picture(job):
    return b"small"


@pytest.fixture
def ledger():
    made = MemoryLedger()
    made.claim(JOB)
    return made


@pytest.fixture
def woken():
    return []


@pytest.fixture
def key(ledger):
    notifier = MemoryNotifier()
    ask(JOB, SECONDS, MOMENT, ledger, notifier, page="https://page.example")
    return urlsplit(notifier.published[0][1]["link"]).query


@pytest.fixture
def page(ledger, woken):
    return Page(ledger, woken.append, picture)


def get(page, query, moment=MOMENT):
    return page.answer(Request("GET", query), moment)


def post(page, query, moment=MOMENT, **fields):
    return page.answer(
        Request("POST", "", f"{query}&{urlencode(fields)}".encode(errors="surrogateescape")), moment
    )


def test_it_shows_the_photo_why_and_until_when_and_decides_nothing(page, key, ledger):
    shown = get(page, key)

    assert shown.status == 200
    data = base64.b64encode(b"small").decode()
    for text in (data, "it is an animation", "4,000 x 3,000 pixels, jpeg", "2026-01-01T01:00:00.000Z"):
        assert text in shown.html
    assert (ledger.get(JOB.id).state, ledger.get(JOB.id).decision) == (AWAITING, "")


def test_what_an_uploader_chose_is_text(page, key):
    html = get(page, key).html
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;\\u202egpj.jpg" in html


def test_nothing_else_is_loaded_run_kept_or_framed(page, key):
    shown = get(page, key)
    policy = shown.headers["Content-Security-Policy"]
    [style] = re.findall(r"<style>(.*?)</style>", shown.html)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert f"style-src 'sha256-{digest}'" in policy
    assert "frame-ancestors 'none'" in policy
    assert (shown.headers["Cache-Control"], shown.headers["X-Content-Type-Options"]) == (
        "no-store",
        "nosniff",
    )


@pytest.mark.parametrize("decision", ["approved", "refused"])
def test_the_form_decides_once(page, key, ledger, woken, decision):
    told = post(page, key, decision=decision, reason=" why ")
    assert (told.status, f"The photo is {decision}." in told.html) == (200, True)
    assert [(row.id, row.decision) for row in woken] == [(JOB.id, decision)]

    again = post(page, key, decision="refused")
    assert (again.status, f"it is {decision}" in again.html) == (409, True)
    assert (get(page, key).status, f"it is {decision}" in get(page, key).html) == (410, True)
    assert ledger.get(JOB.id).decision == decision


@pytest.mark.parametrize(
    "query",
    [
        "",
        f"job={JOB.id}",
        f"job={JOB.id}&key=",
        f"job={JOB.id}&key={'x' * 43}",
        f"job={'b' * 32}&key=guessed",
        "job=../other&key=x",
        "&".join(f"f{number}=1" for number in range(100)),
        f"job={JOB.id}&job={JOB.id}&key={'x' * 43}",
        "\udcff=%ff",
    ],
)
def test_every_wrong_link_gets_the_same_answer(page, key, query):
    answers = [get(page, query), post(page, query, decision="approved")]
    assert [each.status for each in answers] == [404, 404]
    assert len({each.html for each in (*answers, get(page, "job=" + "c" * 32))}) == 1


def test_a_job_that_was_asked_about_without_a_page_has_no_link(page, ledger):
    ask(JOB, SECONDS, MOMENT, ledger, MemoryNotifier())
    assert get(page, f"job={JOB.id}&key=").status == 404


def test_late_is_too_late(page, key, ledger):
    late = MOMENT + timedelta(seconds=SECONDS)
    just = late - timedelta(seconds=1)
    assert get(page, key, late).status == 410
    assert post(page, key, late, decision="approved").status == 409
    assert ledger.get(JOB.id).decision == ""
    assert post(page, key, just, decision="approved").status == 200


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (Request("PUT"), 405),
        (Request("DELETE", "job=x"), 405),
        (Request("POST", "", b"x" * (MAX_BODY_BYTES + 1)), 413),
        (Request("HEAD"), 404),
    ],
)
def test_other_requests(page, request_, status):
    assert page.answer(request_, MOMENT).status == status


@pytest.mark.parametrize(
    "fields", ["", "decision=expired", "decision=maybe", "decision=approved&decision=refused"]
)
def test_a_form_without_one_decision_decides_nothing(page, key, ledger, fields):
    assert page.answer(Request("POST", "", f"{key}&{fields}".encode()), MOMENT).status == 400
    assert ledger.get(JOB.id).decision == ""


def test_a_reason_that_is_too_long_is_refused_by_name(page, key, ledger):
    told = post(page, key, decision="approved", reason="x" * 501)
    assert (told.status, "at most 500 characters" in told.html) == (400, True)
    assert ledger.get(JOB.id).decision == ""
    # A browser counts a line break as one character and sends two.
    assert post(page, key, decision="approved", reason="x\r\n" * 200).status == 200


def test_a_photo_that_cannot_be_shown_can_be_decided_about(ledger, key):
    def replaced(job):
        raise Superseded("Another photo was uploaded.")

    html = get(Page(ledger, lambda row: None, replaced), key).html
    assert "The photo can't be shown: Another photo was uploaded." in html
    assert "Approve" in html


def test_a_store_that_does_not_answer_is_told_without_its_names(key, ledger, woken):
    class Broken(MemoryLedger):
        def get(self, job_id):
            raise StoreUnavailable("table secret-name")

    told = get(Page(Broken(), woken.append, picture), key)
    assert (told.status, "secret-name" in told.html) == (503, False)


def test_a_decision_whose_workflow_was_not_told_counts(ledger, key):
    def wake(row):
        raise StoreUnavailable("not now")

    told = post(Page(ledger, wake, picture), key, decision="approved")
    assert (told.status, ledger.get(JOB.id).decision) == (202, "approved")


def test_a_job_decided_by_command_is_told_so_on_the_page(page, key, ledger):
    decide(ledger, lambda row: None, JOB.id, "refused", "", MOMENT)
    assert "it is refused" in get(page, key).html


def test_a_job_that_waits_anew_has_another_link(page, key, ledger):
    ledger.release(ledger.get(JOB.id))
    anew = replace(JOB, execution="second")
    ledger.claim(anew)
    ask(anew, SECONDS, MOMENT, ledger, MemoryNotifier(), page="https://page.example")
    assert get(page, key).status == 404


def test_the_link_of_another_job_is_none_and_a_doubled_part_makes_a_link_none(page, key, ledger):
    other = replace(JOB, id="b" * 32)
    ledger.claim(other)
    ask(other, SECONDS, MOMENT, ledger, MemoryNotifier(), page="https://page.example")
    secret = key.partition("&")[2]
    doubled = (f"{key}&{secret}", f"{key}&job={other.id}")
    for query in (f"job={other.id}&{secret}", *doubled, "job=" + "a" * 1_000_000):
        assert get(page, query).status == 404

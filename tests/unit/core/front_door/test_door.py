import json
from datetime import timedelta

import pytest

from core.errors import StoreUnavailable
from core.front_door.door import digest
from core.store.declared import Declared, declared

NOT_FOUND = 404


def told(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(answer.body)
    assert problem["status"] == answer.status
    return int(answer.status), problem["detail"]


def opened(cloud, **changed):
    answer = cloud.ask(**changed)
    assert answer.status == 201, answer.body
    return json.loads(answer.body)


def test_an_upload_is_signed_as_it_was_declared(cloud):
    upload = opened(cloud, name="Näme mit Leer.JPG", sha256="ab" * 32)

    [(key, size, content_type, sha256, expires)] = cloud.signed
    assert key == f"incoming/door/{upload['id']}/7.jpg"
    assert (size, content_type, sha256) == (7, "image/jpeg", "ab" * 32)
    assert expires - cloud.moment == timedelta(minutes=15)
    assert declared(key) == Declared(7, "image/jpeg")
    assert upload["upload"]["headers"] == {"Content-Type": "image/jpeg"}


def test_only_a_hash_of_the_handle_is_kept(cloud):
    uploads = [opened(cloud) for _ in range(50)]

    handles = {each["handle"] for each in uploads}
    assert len(handles) == 50
    assert min(map(len, handles)) >= 43  # 256 random bits in base64
    assert all(digest(each["handle"]) == each["id"] for each in uploads)
    assert not [handle for handle in handles if handle in repr((cloud.kept, cloud.signed))]


@pytest.mark.parametrize(
    ("status", "words", "changed"),
    [
        (413, "1,001 bytes; at most 1,000", {"bytes": 1001}),
        (413, "at most 1,000", {"bytes": 10**30}),
        (400, "empty", {"bytes": 0}),
        (400, "bytes must be a whole number", {"bytes": 7.5}),
        (400, "bytes must be a whole number", {"bytes": True}),
        (400, "bytes must be a whole number", {"bytes": "7"}),
        (400, "name must be a text", {"name": ["a.jpg"]}),
        (415, "ends in no suffix", {"name": "a.exe"}),
        (415, "ends in no suffix", {"name": "jpg"}),
        (415, "ends in no suffix", {"name": "a.jpg.php"}),
        (415, "is image/jpeg", {"type": "image/png"}),
        (415, "is image/jpeg", {"type": "text/html"}),
        (400, "visible characters", {"name": " "}),
        (400, "visible characters", {"name": "../../etc/a.jpg"}),
        (400, "visible characters", {"name": "..\\a.jpg"}),
        (400, "visible characters", {"name": "a\n.jpg"}),
        (400, "visible characters", {"name": "a\u202egpj.jpg"}),
        (400, "visible characters", {"name": "a\ud800.jpg"}),
        (400, "visible characters", {"name": "a" * 197 + ".jpg"}),
        (400, "64 hex digits", {"sha256": "AB" * 32}),
        (400, "64 hex digits", {"sha256": "ab"}),
        (400, "sha256 must be a text", {"sha256": None}),
        (400, "no such field", {"key": "jobs/x"}),
    ],
)
def test_what_the_stack_would_not_accept_is_refused_before_a_byte_is_sent(cloud, status, words, changed):
    refused, detail = told(cloud.ask(**changed))

    assert refused == status
    assert words in detail
    assert not cloud.signed
    assert not cloud.kept


@pytest.mark.parametrize(
    ("words", "body"),
    [
        ("not JSON", b""),
        ("not JSON", b"{"),
        ("not JSON", b"\xff\xfe\x00"),
        ("not JSON", b"[" * 4000),
        ("not a JSON object", b"[]"),
        ("name is missing", b"{}"),
        ("more than 4,096 bytes", b" " * 5000),
    ],
)
def test_a_wrong_body_is_a_sentence(cloud, words, body):
    status, detail = told(cloud.send("POST", "/uploads", body))

    assert (status, words in detail) == (400, True), detail


def test_whoever_does_not_hold_the_handle_gets_one_answer(cloud):
    upload, other = opened(cloud), opened(cloud)
    unknown = {"id": digest("guess"), "handle": "guess"}

    answers = [
        cloud.look(unknown),
        cloud.look({**upload, "handle": other["handle"]}),
        cloud.look({**upload, "handle": ""}),
        cloud.look({**upload, "handle": upload["id"]}),
        cloud.look({**upload, "handle": "\udcff"}),
        cloud.send("GET", f"/jobs/{upload['id']}"),
        cloud.send("GET", f"/jobs/{upload['handle']}"),
        cloud.send("GET", "/jobs/"),
        cloud.send("GET", "/uploads"),
        cloud.send("DELETE", f"/jobs/{upload['id']}"),
        cloud.look(upload, user="https://issuer\nmallory"),
    ]

    assert {(each.status, each.body) for each in answers} == {(answers[0].status, answers[0].body)}
    assert answers[0].status == NOT_FOUND
    assert cloud.look(upload).status == 200


def test_a_user_sees_no_other_users_job(cloud):
    upload = opened(cloud, user="https://issuer\nalice")

    assert cloud.look(upload, user="https://issuer\nalice").status == 200
    assert cloud.look(upload, user="https://issuer\nbob").status == NOT_FOUND
    assert cloud.look(upload).status == NOT_FOUND
    assert "alice" not in repr(cloud.kept)


def test_a_job_is_followed_from_the_upload_to_its_results(cloud):
    upload = opened(cloud)
    seen = []

    def job():
        found = json.loads(cloud.look(upload).body)
        seen.append((found["state"], found["ended"], [each["state"] for each in found["steps"]]))
        return found

    job()
    cloud.put(upload)
    job()
    cloud.ledger.claim(cloud.job(upload))
    job()
    cloud.told = ("validate", "not a step of the stack")
    job()
    cloud.end(upload)
    found = job()

    assert seen == [
        ("awaiting_upload", False, []),
        ("received", False, []),
        ("claimed", False, ["waiting", "waiting", "waiting"]),
        ("claimed", False, ["done", "waiting", "waiting"]),
        ("succeeded", True, ["done", "done", "done"]),
    ]
    [result] = found["results"]
    assert result["url"].startswith("https://store/jobs/")
    assert result | {"url": ""} == {
        "name": "small.jpg", "url": "", "width": 4, "height": 3, "bytes": 99, "type": "image/jpeg"
    }  # fmt: skip


def test_the_job_is_found_once_the_upload_is_gone(cloud):
    upload = opened(cloud)
    cloud.put(upload)
    cloud.look(upload)
    cloud.end(upload)
    cloud.objects.clear()

    assert json.loads(cloud.look(upload).body)["state"] == "succeeded"


def test_an_upload_that_does_not_come_expires_and_one_that_came_late_is_told_of(cloud):
    upload = opened(cloud)
    cloud.moment += timedelta(minutes=15)

    job = json.loads(cloud.look(upload).body)
    assert (job["state"], job["ended"], job["problem"]["name"]) == ("expired", True, "UploadExpired")

    cloud.put(upload)  # it began in time
    assert json.loads(cloud.look(upload).body)["state"] == "received"


@pytest.mark.parametrize("state", ["rejected", "failed", "refused", "expired"])
def test_whatever_ends_without_results_says_why(cloud, rejected, state):
    upload = opened(cloud)
    cloud.put(upload)
    cloud.end(upload, state, error=rejected if state == "rejected" else None)

    job = json.loads(cloud.look(upload).body)

    assert (job["state"], job["ended"], job["results"]) == (state, True, [])
    assert job["problem"]["message"].endswith(".")


def test_a_long_poll_ends_with_the_change(cloud):
    upload = opened(cloud)
    cloud.put(upload)
    tag = cloud.look(upload).headers["ETag"]
    began = cloud.moment

    def come():
        if cloud.moment - began >= timedelta(seconds=3):
            cloud.ledger.claim(cloud.job(upload))

    cloud.during = come
    answer = cloud.look(upload, wait="20", tag=tag)

    assert (answer.status, cloud.moment - began) == (200, timedelta(seconds=3))
    assert json.loads(answer.body)["state"] == "claimed"
    assert answer.headers["ETag"] != tag


def test_a_long_poll_without_a_change_ends_in_time(cloud):
    upload = opened(cloud)
    cloud.put(upload)
    tag = cloud.look(upload).headers["ETag"]
    began = cloud.moment

    answer = cloud.look(upload, wait="20", tag=tag)

    assert (answer.status, answer.body, answer.headers["ETag"]) == (304, "", tag)
    assert cloud.moment - began == timedelta(seconds=20)
    assert cloud.look(upload, wait="20").status == 200  # whoever knows nothing is not kept waiting
    assert cloud.moment - began == timedelta(seconds=20)


def test_whoever_finds_no_place_to_wait_is_told_when_to_ask_again(cloud):
    """On AWS each who waits holds a function, of which the steps need some."""
    upload = opened(cloud)
    cloud.put(upload)
    tag = cloud.look(upload).headers["ETag"]
    cloud.places, began = 0, cloud.moment

    pauses = []
    for age in (0, 8, 3600):
        cloud.moment = began + timedelta(seconds=age)
        answer = cloud.look(upload, wait="20", tag=tag)
        assert (answer.status, cloud.moment) == (304, began + timedelta(seconds=age))
        pauses.append(answer.headers["Retry-After"])
    cloud.places = 1
    waited = cloud.look(upload, wait="20", tag=tag)

    assert pauses == ["1", "2", "30"]
    assert "Retry-After" not in waited.headers
    assert cloud.look(upload, tag=tag).headers["Retry-After"] == "30"
    assert cloud.waiting == 0


def test_nobody_waits_before_the_photo_has_come(cloud):
    """A flood of tickets would otherwise hold as many functions as it likes."""
    upload = opened(cloud)
    tag = cloud.look(upload).headers["ETag"]
    began = cloud.moment

    assert cloud.look(upload, wait="20", tag=tag).status == 304
    assert cloud.moment == began


def test_nobody_waits_for_what_has_ended(cloud):
    upload = opened(cloud)
    cloud.put(upload)
    cloud.end(upload)
    tag = cloud.look(upload).headers["ETag"]
    began = cloud.moment

    answer = cloud.look(upload, wait="20", tag=tag)
    assert (answer.status, "Retry-After" in answer.headers) == (304, False)
    assert cloud.moment == began


def test_addresses_are_signed_again_before_they_run_out(cloud):
    upload = opened(cloud)
    cloud.put(upload)
    cloud.end(upload)
    tag = cloud.look(upload).headers["ETag"]
    cloud.moment += timedelta(minutes=31)

    assert cloud.look(upload, tag=tag).status == 200


@pytest.mark.parametrize("wait", ["21", "-1", "1.5", "", "x", "\u0661", "999999999999"])
def test_a_wrong_wait_is_refused(cloud, wait):
    status, detail = told(cloud.look(opened(cloud), wait=wait))

    assert (status, detail) == (400, "wait must be a whole number up to 20.")


def test_a_store_that_is_busy_is_said_so_and_no_more(cloud):
    upload = opened(cloud)

    def busy(key):
        raise StoreUnavailable(f"secret {key}")

    cloud.find = busy

    status, detail = told(cloud.look(upload))
    assert (status, detail) == (503, "The service is busy: try again in a moment.")


def test_no_answer_is_cached_or_taken_for_another_type(cloud):
    for answer in (cloud.ask(), cloud.send("GET", "/health"), cloud.send("GET", "/nowhere")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

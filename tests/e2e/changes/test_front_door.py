"""The front door on both clouds: what it lets in, what it refuses, and what its users see."""

import hashlib
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import pytest
import requests
from usual import FRONT_DOOR, ORIGIN, REVIEW
from written import leaks, signature, written

from bench.sending import FINAL_STATES
from core.deployment.limits import WAITING_CALLS
from handlers.aws import front_door as aws_front_door
from handlers.azure import clients
from handlers.azure.signing import BlobSigner
from local.environment import LocalStack

pytestmark = pytest.mark.e2e

MANY = 24  # benchmarks/front_door.py sends 1,000
TAKEN, REFUSED = (200, 201), range(400, 500)
BUSY = (429, 502, 503)  # the second if a function runs out of time on a busy machine


class Client:
    """A client of the API."""

    def __init__(self, url):
        self.url = url
        self.http = requests.Session()
        self.http.request = partial(self.http.request, timeout=60)

    def ask(self, photo, name="a.jpg", **changed):
        body = {"name": name, "bytes": len(photo), "type": "image/jpeg"} | changed
        while (answer := self.http.post(f"{self.url}/uploads", json=body)).status_code in BUSY:
            time.sleep(1)
        return answer

    def send(self, upload, photo, **headers):
        told = upload["upload"]
        return self.http.request(
            told["method"], told["url"], data=photo, headers={**told["headers"], **headers}
        )

    def job(self, upload, **headers):
        sent = {"Twinlens-Handle": upload["handle"], **headers}
        while (
            answer := self.http.get(f"{self.url}/jobs/{upload['id']}?wait=20", headers=sent)
        ).status_code in BUSY:
            time.sleep(1)
        return answer

    def ended(self, upload):
        """Follow the job to its end by long polls, as a page does."""
        answer = self.job(upload)
        while not answer.json().get("ended"):
            assert answer.status_code == 200, answer.text
            tag, told = answer.headers["ETag"], answer
            while (answer := self.job(upload, **{"If-None-Match": tag})).status_code == 304:
                time.sleep(int(answer.headers.get("Retry-After", 0)))
            assert answer.json() != told.json()
        return answer.json()


@pytest.fixture
def door(usual):
    return Client(usual["apiUrl"])


@pytest.fixture
def upload(door, photo):
    """An upload that was asked for."""
    answer = door.ask(photo, sha256=hashlib.sha256(photo).hexdigest())
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_photo_goes_in_and_comes_out(door, upload, photo):
    assert door.job(upload).json()["state"] == "awaiting_upload"
    sent = door.send(upload, photo)
    assert sent.status_code in TAKEN, sent.text
    job = door.ended(upload)

    assert (job["state"], job["name"]) == ("succeeded", "a.jpg"), job
    assert {each["state"] for each in job["steps"]} == {"done"}
    assert job["results"]
    for each in job["results"]:
        got = door.http.get(each["url"])
        assert (got.status_code, len(got.content)) == (200, each["bytes"])
        assert got.headers["Content-Type"] == each["type"]
    # A second upload is refused by the store, and changes nothing.
    assert door.send(upload, photo).status_code in REFUSED
    assert door.send(upload, photo[::-1]).status_code in REFUSED
    assert door.job(upload).json()["times"] == job["times"]


def test_only_the_declared_upload_is_taken(door, photo):
    """By the store, or by whoever reads the upload: then the job is rejected, and says so."""
    wrong = {
        "size": (photo + b"x", {}, "bytes; .* were declared"),
        "type": (photo, {"Content-Type": "text/html"}, "image/jpeg was declared"),
    }
    for what, (bytes_sent, headers, words) in wrong.items():
        upload = door.ask(photo, name=f"wrong {what}.jpg").json()
        if door.send(upload, bytes_sent, **headers).status_code in REFUSED:
            assert door.job(upload).json()["state"] == "awaiting_upload"
            continue
        job = door.ended(upload)
        assert (job["state"], job["problem"]["name"]) == ("rejected", "NotAsDeclared"), job
        assert re.search(words, job["problem"]["message"])
        assert not job["results"]


def test_an_address_takes_no_other_key_and_no_other_method(door, upload, photo):
    other = {**upload["upload"], "url": upload["upload"]["url"].replace(upload["id"], "0" * 64)}
    assert door.send({"upload": other}, photo).status_code in REFUSED
    assert door.http.get(upload["upload"]["url"]).status_code in REFUSED
    assert door.http.delete(upload["upload"]["url"]).status_code in REFUSED
    assert door.job(upload).json()["state"] == "awaiting_upload"


def test_other_bytes_than_declared_are_refused_where_the_store_can_check(door, upload, photo, name):
    sent = door.send(upload, photo[:-2] + b"xx")

    assert (sent.status_code in REFUSED) == (name == LocalStack.AWS), sent.text


def test_a_late_upload_is_refused(usual, door, upload, photo, name, running, monkeypatch):
    """The address of a real upload, signed by the stack's own signer to end at once."""
    folder = "/".join(urlsplit(upload["upload"]["url"]).path.split("/")[-4:])
    expires = datetime.now(UTC) + timedelta(seconds=1)
    containers = (usual["inputContainer"], usual["outputContainer"])
    if name == LocalStack.AWS:
        aws_front_door._signing.cache_clear()  # its client would have the keys of other emulators
        signer = aws_front_door.S3Signer(*containers, "")
    else:
        monkeypatch.setenv(clients.KEY, running.azure.key)
        signer = BlobSigner(clients.blobs(usual["storeEndpoint"]), *containers, "")
    late = signer.upload(folder, len(photo), "image/jpeg", None, expires)
    told = {"method": "PUT", "url": late.url, "headers": late.headers}
    while datetime.now(UTC) <= expires + timedelta(seconds=1):
        time.sleep(0.2)

    assert door.send({"upload": told}, photo).status_code in REFUSED
    assert door.job(upload).json()["state"] == "awaiting_upload"
    assert door.send(upload, photo).status_code in TAKEN  # the key and all else were right


def test_what_is_not_a_photo_ends_in_a_sentence(door):
    upload = door.ask(b"no photo").json()
    assert door.send(upload, b"no photo").status_code in TAKEN
    job = door.ended(upload)

    assert (job["state"], job["results"]) == ("rejected", [])
    assert job["problem"]["message"].endswith(".")


def test_refusals_and_strangers_get_sentences_alone(door, upload, photo):
    refused = [
        door.ask(photo, bytes=10**12),
        door.ask(photo, type="image/png"),
        door.ask(photo, name="a.exe"),
        door.http.post(f"{door.url}/uploads", data="{"),
    ]
    assert [each.status_code for each in refused] == [413, 415, 415, 400]
    strangers = [
        door.job({**upload, "handle": "guess"}),
        door.job({"id": hashlib.sha256(b"guess").hexdigest(), "handle": "guess"}),
    ]
    assert {(each.status_code, each.text) for each in strangers} == {(404, strangers[0].text)}
    for each in (*refused, *strangers):
        assert each.headers["Content-Type"] == "application/problem+json"
        assert each.json()["detail"].endswith(".")
    assert door.http.get(f"{door.url}/health").json() == {"status": "ok"}
    assert "/uploads" in door.http.get(f"{door.url}/openapi.json").json()["paths"]


def test_one_page_may_use_it_and_no_other(door, upload, photo):
    def asks(url, method, origin, *headers):
        asked = {"Origin": origin, "Access-Control-Request-Method": method}
        if headers:
            asked["Access-Control-Request-Headers"] = ",".join(headers)
        answer = door.http.options(url, headers=asked)
        return answer.headers.get("Access-Control-Allow-Origin")

    names = [each.lower() for each in upload["upload"]["headers"]]
    for origin, allowed in ((ORIGIN, ORIGIN), ("https://evil.example.com", None)):
        assert asks(f"{door.url}/uploads", "POST", origin, "content-type") == allowed
        assert asks(f"{door.url}/jobs/{upload['id']}", "GET", origin, "twinlens-handle") == allowed
        assert asks(upload["upload"]["url"], "PUT", origin, *names) == allowed
        read = door.job(upload, Origin=origin)
        assert read.headers.get("Access-Control-Allow-Origin") == allowed
    sent = door.send(upload, photo, Origin=ORIGIN)
    assert (sent.status_code in TAKEN, sent.headers["Access-Control-Allow-Origin"]) == (True, ORIGIN)


def test_many_at_once_lose_nothing(door, photo):
    """More than may wait for a change at once, so that some are told when to ask again."""

    def through(number):
        upload = door.ask(photo, name=f"{number}.jpg").json()
        assert door.send(upload, photo).status_code in TAKEN
        return door.ended(upload)

    assert MANY > 2 * WAITING_CALLS
    with ThreadPoolExecutor(MANY) as clients:
        jobs = list(clients.map(through, range(MANY)))

    assert Counter(job["state"] for job in jobs) == {"succeeded": MANY}
    assert {job["name"] for job in jobs} == {f"{number}.jpg" for number in range(MANY)}
    assert len({each["url"] for job in jobs for each in job["results"]}) >= MANY


def test_handles_and_signatures_are_written_down_nowhere(
    usual, door, upload, photo, running, connect_stand, name
):
    assert door.send(upload, photo).status_code in TAKEN
    door.ended(upload)
    stand = connect_stand(name, running, usual)
    [job] = [row.id for row in stand.deployment.rows() if upload["id"] in row.key]

    told = written(stand, [job])
    assert upload["id"].encode() in told["ledger"]
    assert leaks(told, [upload["handle"], signature(upload["upload"]["url"])]) == []


class Uploading(threading.Thread):
    """Sends a photo every three seconds, whenever the door is open, until the block is left."""

    def __init__(self, door, photo):
        super().__init__(daemon=True)
        self.door, self._photo, self._done = Client(door.url), photo, threading.Event()
        self.taken = []  # the ids of uploads that the store took

    def run(self):
        while not self._done.wait(3):
            with suppress(requests.RequestException):  # the door is closed
                answer = self.door.ask(self._photo)
                if answer.status_code == 201 and self.door.send(answer.json(), self._photo).ok:
                    self.taken.append(answer.json()["id"])

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self.join()


def test_switching_it_off_and_on_loses_no_photo(
    changing, door, name, orchestrator, photo, running, connect_stand, wait
):
    with Uploading(door, photo) as uploading:
        wait(lambda: uploading.taken or None, "an upload")
        asked = door.ask(photo).json()
        outputs = changing.up(name, orchestrator=orchestrator, **REVIEW)
        assert outputs["apiUrl"] == ""
        with suppress(requests.ConnectionError):
            assert door.http.get(f"{door.url}/health").status_code != 200
        before = len(uploading.taken)
        late = door.send(asked, photo)
        assert late.status_code in (*TAKEN, *REFUSED)
        outputs = changing.up(name, orchestrator=orchestrator, **FRONT_DOOR, **REVIEW)
        uploading.door.url = outputs["apiUrl"]
        wait(lambda: len(uploading.taken) > before or None, "an upload after the door was opened again")
    stand = connect_stand(name, running, outputs)
    taken = {*uploading.taken, *([asked["id"]] if late.ok else [])}

    def ended():
        rows = {row.key.split("/")[2]: row.state for row in stand.deployment.rows() if "/door/" in row.key}
        states = [rows.get(each) for each in taken]
        return states if set(states) <= FINAL_STATES else None

    assert set(wait(ended, "the jobs of all uploads")) == {"succeeded"}

"""Sending through a front door, whose answers and whose store's are scripted."""

import json

import pytest
import requests

from bench.api import Api, ApiError
from core.errors import SetupError

URL = "https://api.example.com/v"
UPLOAD = {
    "id": "1" * 64,
    "handle": "secret",
    "upload": {"method": "PUT", "url": "https://store/x?sig=s", "headers": {"Content-Type": "image/jpeg"}},
}


def answer(status, body=None, **headers):
    made = requests.Response()
    made.status_code, made._content = status, b"" if body is None else json.dumps(body).encode()
    made.headers.update(headers)
    return made


@pytest.fixture
def script(monkeypatch):
    """Answers to come; what was asked is kept."""
    answers, asked = [], []

    def request(method, url, **more):
        asked.append((method, url, more))
        made = answers.pop(0)
        if isinstance(made, Exception):
            raise made
        return made

    monkeypatch.setattr(requests, "request", request)
    return answers, asked


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "a.JPG"
    path.write_bytes(b"1234567")
    return path


def test_a_photo_is_asked_for_sent_and_followed(script, photo):
    answers, asked = script
    running = {"ended": False, "state": "claimed"}
    done = {"ended": True, "state": "succeeded"}
    answers += [
        answer(201, UPLOAD), answer(200, ETag='"e"'), answer(200, running, ETag='"1"'), answer(304),
        answer(304, **{"Retry-After": "3"}), answer(200, done),
    ]  # fmt: skip
    waited = []
    api = Api(f"{URL}/", "token", waited.append)

    sent = api.send(photo, "a.JPG")
    assert api.follow([sent], 60, lambda _: None) == {sent: done}

    assert waited == [0, 3]
    (_, url, body), (_, to, put), first, *_, last = asked
    assert (url, body["json"]) == (f"{URL}/uploads", {"name": "a.JPG", "bytes": 7, "type": "image/jpeg"})
    assert body["headers"] == {"Authorization": "Bearer token"}
    assert (to, put["headers"], put["data"]) == (
        "https://store/x?sig=s",
        {"Content-Type": "image/jpeg"},
        b"1234567",
    )
    assert first[2]["headers"]["Twinlens-Handle"] == "secret"
    assert (first[2]["headers"]["If-None-Match"], last[2]["headers"]["If-None-Match"]) == ("", '"1"')
    assert "secret" not in repr(sent)
    assert (sent.etag, len(sent.calls_ms)) == ("e", 5)


def test_a_refusal_is_told_in_the_words_of_the_api_and_of_the_store_without_its_address(script, photo):
    answers, _ = script
    answers.append(answer(413, {"detail": "Too\u202e large."}))
    with pytest.raises(ApiError, match=r"^a was refused: Too\\u202e large\.$"):
        Api(URL).send(photo, "a")
    answers += [answer(201, UPLOAD), answer(403)]
    with pytest.raises(ApiError, match=r"^a was not taken: the store answered 403\.$"):
        Api(URL).send(photo, "a")
    answers += [answer(201, UPLOAD), requests.ConnectionError("https://store/x?sig=s")]
    with pytest.raises(ApiError, match=r"^store does not answer\.$"):
        Api(URL).send(photo, "a")
    answers.append(answer(401, {"message": "Unauthorized"}))
    with pytest.raises(ApiError, match="Unauthorized"):
        Api(URL).send(photo, "a")
    answers.append(answer(502))
    with pytest.raises(ApiError, match=r"the status is 502\."):
        Api(URL).send(photo, "a")


def test_a_throttled_request_is_sent_again_later_each_time(script, photo):
    answers, asked = script
    waited = []
    answers += [answer(429), answer(503), answer(201, UPLOAD), answer(200)]

    sent = Api(URL, sleep=waited.append).send(photo, "a")

    assert len(sent.calls_ms) == 1  # those that were let in: the others are not billed
    assert 0.5 <= waited[0] <= 1 <= waited[1] <= 2
    assert len(asked) == 4


def test_a_job_that_does_not_end_in_time_is_left_out(script, photo):
    answers, _ = script
    answers += [answer(201, UPLOAD), answer(200)]
    api = Api(URL)

    assert api.follow([api.send(photo, "a")], 0, lambda _: None) == {}


@pytest.mark.parametrize("url", ["", "aws", "file:///etc/passwd", "//host", "https://"])
def test_what_is_no_address_is_refused(url):
    with pytest.raises(SetupError, match="give an address"):
        Api(url)

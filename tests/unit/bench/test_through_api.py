"""Sending a run through a front door, whose API answers from a script."""

from types import SimpleNamespace

import pytest

from bench import api
from bench.api import Sent
from bench.through_api import ThroughApi, address
from core.errors import SetupError
from core.job import job_id

ID = "1" * 64


class ScriptedApi:
    def __init__(self, url, token):
        assert (url, token) == ("https://api", "token")

    def send(self, photo, name):
        return Sent(ID, name, "secret", "etag", [12.5])

    def follow(self, uploads, timeout, ended):
        for upload in uploads:
            upload.calls_ms.append(900.0)
        return {}


def stack(url="https://api"):
    outputs = {"apiUrl": url, "inputPrefix": "incoming/", "inputContainer": "photos", "recipe": "gallery"}
    return SimpleNamespace(stack="aws-local", outputs=outputs)


def test_the_job_is_known_by_the_store_s_answer_and_its_calls_are_counted(monkeypatch, tmp_path):
    monkeypatch.setattr(api, "Api", ScriptedApi)
    photo = tmp_path / "a.JPG"
    photo.write_bytes(b"1234567")
    door = ThroughApi(stack(), "token", 60)

    upload = door.send(stack(), photo, "bench/run/1-0-a.JPG")
    calls = door.calls()
    door.close()

    key = f"incoming/door/{ID}/7.jpg"
    assert (upload.key, upload.name) == (key, "bench/run/1-0-a.JPG")
    assert upload.id == job_id("photos", key, "etag", "gallery")
    assert upload.began <= upload.sent
    found = calls[upload.id]
    assert (found.count, found.asked_ms, found.open_ms) == (2, 12.5, 912.5)


def test_a_stack_without_a_front_door_is_refused():
    with pytest.raises(SetupError, match="'aws-local' has no front door: `pulumi config set -s aws-local"):
        address(stack(url=""))

"""The front door on both clouds: what it lets in, what it refuses, and what its users see."""

import hashlib

import pytest
import requests

ORIGIN = "https://photos.example.com"


class Client:
    def __init__(self, url):
        self.url = url
        self.http = requests.Session()

    def ask(self, photo, name="a.jpg", **changed):
        body = {"name": name, "bytes": len(photo), "type": "image/jpeg"} | changed
        return self.http.post(f"{self.url}/uploads", json=body)

    def send(self, upload, photo, **headers):
        told = upload["upload"]
        return self.http.request(
            told["method"], told["url"], data=photo, headers={**told["headers"], **headers}
        )

    def job(self, upload, **headers):
        sent = {"Twinlens-Handle": upload["handle"], **headers}
        return self.http.get(f"{self.url}/jobs/{upload['id']}?wait=20", headers=sent)

    def ended(self, upload):
        """Follow the job to its end by long polls, as a page does."""
        answer = self.job(upload)
        while not answer.json()["ended"]:
            tag, told = answer.headers["ETag"], answer
            while (answer := self.job(upload, **{"If-None-Match": tag})).status_code == 304:
                pass
            assert answer.json() != told.json()
        return answer.json()


@pytest.fixture
def door(changing, name):
    outputs = changing.up(name, frontDoor=True, pageOrigin=ORIGIN)
    return Client(outputs["apiUrl"])


def test_a_photo_goes_in_and_comes_out(door, photo):
    upload = door.ask(photo, sha256=hashlib.sha256(photo).hexdigest()).json()

    assert door.job(upload).json()["state"] == "awaiting_upload"
    sent = door.send(upload, photo)
    assert sent.status_code in (200, 201), sent.text
    job = door.ended(upload)

    assert (job["state"], job["name"]) == ("succeeded", "a.jpg"), job
    assert {each["state"] for each in job["steps"]} == {"done"}
    for each in job["results"]:
        got = door.http.get(each["url"])
        assert (got.status_code, len(got.content)) == (200, each["bytes"])
        assert got.headers["Content-Type"] == each["type"]

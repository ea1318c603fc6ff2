"""Sign-in on both clouds: API Gateway's authorizer as MiniStack plays it, and the app on Azure."""

import pytest
import requests

pytestmark = pytest.mark.e2e

AUDIENCE = "photos"
UNAUTHORIZED = 401
WRONG = {
    "no token": lambda issuer: "",
    "no scheme": lambda issuer: issuer.token()[:-1],
    "not a token": lambda issuer: "Bearer x.y.z",
    "for others": lambda issuer: f"Bearer {issuer.token(audience='others')}",
    "expired": lambda issuer: f"Bearer {issuer.token(seconds=-600)}",
    "of another issuer": lambda issuer: f"Bearer {issuer.token(iss='https://login.example.com')}",
    "signed by another": lambda issuer: f"Bearer {issuer.token(key=issuer.another_key)}",
}


class User:
    """A client of the API, with this in its Authorization header."""

    def __init__(self, url, authorization):
        self.url = url
        self.headers = {"Authorization": authorization} if authorization else {}

    def ask(self, photo):
        body = {"name": "a.jpg", "bytes": len(photo), "type": "image/jpeg"}
        return requests.post(f"{self.url}/uploads", json=body, headers=self.headers, timeout=60)

    def job(self, upload):
        headers = {**self.headers, "Twinlens-Handle": upload["handle"]}
        return requests.get(f"{self.url}/jobs/{upload['id']}", headers=headers, timeout=60)


@pytest.fixture
def user(changing, name, issuer):
    outputs = changing.up(name, frontDoor=True, signIn={"issuer": issuer.url, "audience": AUDIENCE})
    return lambda authorization: User(outputs["apiUrl"], authorization)


def test_only_users_of_the_issuer_get_in_and_see_what_is_theirs(user, issuer, photo, wait):
    alice = user(f"Bearer {issuer.token('alice')}")
    answer = alice.ask(photo)
    assert answer.status_code == 201, answer.text
    upload = answer.json()
    put = upload["upload"]
    assert requests.request(put["method"], put["url"], data=photo, headers=put["headers"], timeout=60).ok

    for what, authorization in WRONG.items():
        stranger = user(authorization(issuer))
        refused = [stranger.ask(photo).status_code, stranger.job(upload).status_code]
        assert refused == [UNAUTHORIZED, UNAUTHORIZED], what
    bob = user(f"Bearer {issuer.token('bob')}")
    unknown = bob.job({"id": "0" * 64, "handle": "guess"})
    assert (bob.job(upload).status_code, bob.job(upload).text) == (404, unknown.text)
    assert requests.get(f"{bob.url}/health", timeout=60).json() == {"status": "ok"}

    def ended():
        job = user(f"Bearer {issuer.token('alice')}").job(upload).json()
        return job if job["ended"] else None

    assert wait(ended, "the job of a user who signed in")["state"] == "succeeded"

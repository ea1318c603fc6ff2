"""Sign-in on both clouds: API Gateway as MiniStack plays it, and the app on Azure; and steps as they end."""

import pytest
import requests
from typer.testing import CliRunner
from written import leaks, written

from cli.main import app
from local.environment import LocalStack

pytestmark = pytest.mark.e2e

AUDIENCE = "photos"
# Requests of the last step to a store take this much longer: the steps before are seen as done meanwhile.
SLOW = "seed=1 latency=1 latency_ms=4000 steps=optimize"
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
def outputs(changing, name, issuer):
    sign_in = {"issuer": issuer.url, "audience": AUDIENCE}
    return changing.up(name, frontDoor=True, signIn=sign_in, chaos=SLOW)


@pytest.fixture
def user(outputs):
    return lambda authorization: User(outputs["apiUrl"], authorization)


def sent(user, photo):
    """Send the photo as the user; return the upload."""
    answer = user.ask(photo)
    assert answer.status_code == 201, answer.text
    put = answer.json()["upload"]
    assert requests.request(put["method"], put["url"], data=photo, headers=put["headers"], timeout=60).ok
    return answer.json()


def test_the_steps_of_a_user_s_job_are_told_as_they_happen(user, issuer, photo, wait, name):
    alice = user(f"Bearer {issuer.token('alice')}")
    upload = sent(alice, photo)
    told = []

    def ended():
        job = alice.job(upload).json()
        told.append(({each["name"] for each in job["steps"] if each["state"] == "done"}, job["ended"]))
        return job if job["ended"] else None

    job = wait(ended, "the job of a user who signed in")
    assert job["state"] == "succeeded"
    steps = {each["name"] for each in job["steps"]}
    # MiniStack's history leaves out what is in a Parallel, which that of Step Functions has.
    before = {"validate", "moderate"} if name == LocalStack.AWS else steps - {"optimize", "write_size"}
    assert (before, False) in told
    assert (steps, True) in told


def test_only_users_of_the_issuer_get_in_and_see_what_is_theirs(user, issuer, photo):
    alice = user(f"Bearer {issuer.token('alice')}")
    upload = sent(alice, photo)

    for what, authorization in WRONG.items():
        stranger = user(authorization(issuer))
        refused = [stranger.ask(photo).status_code, stranger.job(upload).status_code]
        assert refused == [UNAUTHORIZED, UNAUTHORIZED], what
    bob = user(f"Bearer {issuer.token('bob')}")
    unknown = bob.job({"id": "0" * 64, "handle": "guess"})
    assert (bob.job(upload).status_code, bob.job(upload).text) == (404, unknown.text)
    assert requests.get(f"{bob.url}/health", timeout=60).json() == {"status": "ok"}
    assert user(f"Bearer {issuer.token('alice')}").job(upload).status_code == 200


def test_tokens_are_written_down_nowhere(
    outputs, user, issuer, photo, running, connect_stand, name, wait, tmp_path
):
    """Neither those that were accepted nor those that were refused, nor parts of them, nor who signed in."""
    subject = "carol of photos.example.com"
    token = issuer.token(subject)
    upload = sent(user(f"Bearer {token}"), photo)
    refused = [wrong(issuer) for wrong in WRONG.values()]
    assert {user(each).ask(photo).status_code for each in refused} == {UNAUTHORIZED}
    (tmp_path / "by command.jpg").write_bytes(photo)
    command = ["submit", str(tmp_path / "by command.jpg"), "--via-api", outputs["apiUrl"]]
    done = CliRunner().invoke(app, command, env={"TWINLENS_TOKEN": token})
    assert done.exit_code == 0, done.output
    stand = connect_stand(name, running, outputs)
    [job] = wait(
        lambda: [row.id for row in stand.deployment.rows() if upload["id"] in row.key] or None,
        "the job of a user who signed in",
    )

    told = {**written(stand, [job]), "submit": done.output.encode()}
    assert upload["id"].encode() in told["ledger"]
    parts = [part for each in (token, *refused) for part in each.split(".")[1:] if len(part) > 1]
    assert len(parts) == 12, "the claims and the signatures of six tokens"
    assert leaks(told, [subject, *parts]) == []

"""The code is posted to a deployment site as Azure's CLI does it."""

import asyncio
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pulumi
import pytest

from components.azure import published_code
from components.azure.published_code import deliver

ARCHIVE = b"PK" * 1000


class Site(ThreadingHTTPServer):
    """Answers posts and questions for the state as it is told, in turn; notes what was posted."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.name = f"http://127.0.0.1:{self.server_address[1]}"
        self.posts, self.states = [(202, "id")], [4]
        self.posted = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.path, self.headers["Authorization"], body))
        self._answer(*self.server.posts.pop(0))

    def do_GET(self):
        assert (self.path, self.headers["Authorization"]) == ("/api/deployments/latest", "Bearer token")
        self._answer(200, json.dumps({"status": self.server.states.pop(0), "status_text": "told"}))

    def _answer(self, status, text):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setattr(published_code, "PAUSES", (0.01, 0.01))
    monkeypatch.setattr(published_code, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(pulumi.log, "info", lambda text: None)
    with Site() as server:
        serving = Thread(target=server.serve_forever, daemon=True)
        serving.start()
        yield server
        server.shutdown()
        serving.join()


def send(site):
    asyncio.run(deliver(ARCHIVE, site.name, "token"))


def test_the_archive_is_posted_and_waited_for(site):
    site.states = [0, 1, 2, 4]
    send(site)
    assert site.posted == [("/api/publish?RemoteBuild=false&Deployer=twinlens", "Bearer token", ARCHIVE)]
    assert not site.states


def test_it_is_posted_again_while_a_role_is_not_in_effect(site):
    site.posts = [(400, "BlobUploadFailedException: 403"), (403, ""), (202, "id")]
    send(site)
    assert len(site.posted) == 3


@pytest.mark.parametrize(
    ("posts", "states", "told"),
    [
        ([(409, "another is under way")], [], "refuses the code: HTTP 409 .*: another is under way"),
        ([(403, "")] * 3, [], "HTTP 403"),
        ([(202, "")], [3], 'failed: .*"status_text": "told"'),
    ],
    ids=["refused", "never allowed", "failed"],
)
def test_what_goes_wrong_ends_the_deployment(site, posts, states, told):
    site.posts, site.states = posts, states
    with pytest.raises(pulumi.RunError, match=told):
        send(site)
    assert not site.posts


def test_a_site_that_can_not_be_reached_is_named(monkeypatch):
    with pytest.raises(pulumi.RunError, match=r"http://127\.0\.0\.1:9 can't be reached"):
        asyncio.run(deliver(ARCHIVE, "http://127.0.0.1:9", "token"))


def test_a_delivery_that_does_not_end_is_given_up(site, monkeypatch):
    monkeypatch.setattr(published_code, "DONE_SECONDS", 0)
    site.states = [1, 1]
    with pytest.raises(pulumi.RunError, match="did not end in 0 s"):
        send(site)

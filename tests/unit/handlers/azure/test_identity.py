"""The app's managed identity, against an endpoint like the platform's."""

import json
import threading
import time
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from azure.core.exceptions import HttpResponseError
from azure.identity import ManagedIdentityCredential

from core.errors import SettingsError, StoreError, StoreUnavailable
from handlers.azure import clients, identity
from handlers.azure.errors import translated
from handlers.azure.identity import ManagedIdentity

SCOPE = "https://storage.azure.com/.default"
CLIENT_ID = "00000000-0000-0000-0000-000000000001"


@contextmanager
def answering(respond):
    """Run the endpoint for the block; what it was asked is in ``asked``."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            address = urlsplit(self.path)
            header = self.headers["X-IDENTITY-HEADER"]
            asked.append((address.path, parse_qs(address.query), header))
            status, document = respond(len(asked))
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}/msi/token", asked=asked)
        finally:
            server.shutdown()
            thread.join()


def lasting(seconds):
    """Return an answer to each question: another token, which lasts that long."""
    return lambda count: (
        200,
        {"access_token": f"token {count}", "expires_on": str(int(time.time()) + seconds), "resource": "r"},
    )


@pytest.fixture
def endpoint(monkeypatch):
    """Run an endpoint that answers as told, and let the app find it."""
    with ExitStack() as running:

        def run(respond):
            server = running.enter_context(answering(respond))
            monkeypatch.setenv(identity.ENDPOINT, server.url)
            monkeypatch.setenv(identity.HEADER, "rotating")
            return server

        yield run


def me():
    return ManagedIdentity(CLIENT_ID, clients.TRIES)


def test_it_asks_what_azure_identity_asks_and_understands_the_same(endpoint):
    server = endpoint(lambda _: (200, {"access_token": "t", "expires_on": "4102444800", "resource": "r"}))
    ours = me().get_token(SCOPE)
    theirs = ManagedIdentityCredential(client_id=CLIENT_ID).get_token(SCOPE)

    mine, other = server.asked
    assert mine == other
    assert ours.token == theirs.token
    assert ours.expires_on == pytest.approx(theirs.expires_on, abs=2)  # theirs is counted from now


def test_a_token_is_kept_while_it_lasts(endpoint):
    server, mine = endpoint(lasting(3600)), me()
    assert mine.get_token(SCOPE) == mine.get_token(SCOPE)
    assert mine.get_token("https://other.example/.default").token == "token 2"
    assert [query["resource"] for _, query, _ in server.asked] == [
        ["https://storage.azure.com"],
        ["https://other.example"],
    ]


def test_a_token_is_replaced_before_it_expires(endpoint):
    endpoint(lasting(identity.AHEAD_SECONDS - 1))
    mine = me()
    assert [mine.get_token(SCOPE).token for _ in range(2)] == ["token 1", "token 2"]


def test_a_token_that_the_service_refused_is_replaced(endpoint):
    endpoint(lasting(3600))
    mine = me()
    mine.get_token(SCOPE)
    assert mine.get_token(SCOPE, claims="{}").token == "token 2"


def test_an_endpoint_that_is_busy_for_a_moment_is_asked_again(endpoint):
    server = endpoint(lambda count: (503, {}) if count == 1 else lasting(3600)(count))
    assert me().get_token(SCOPE).token == "token 2"
    assert len(server.asked) == 2


def test_an_endpoint_that_stays_busy_is_worth_another_try_of_the_step(endpoint):
    endpoint(lambda _: (503, {}))
    with pytest.raises(StoreUnavailable), translated("table 'ledger'"):
        me().get_token(SCOPE)


def test_a_refusal_says_why(endpoint):
    endpoint(lambda _: (400, {"message": "No such identity."}))
    with pytest.raises(HttpResponseError) as caught:
        me().get_token(SCOPE)
    assert caught.value.status_code == 400
    with pytest.raises(StoreError, match=r"refused table.*No such identity"), translated("table 'ledger'"):
        me().get_token(SCOPE)


@pytest.mark.parametrize("missing", [identity.ENDPOINT, identity.HEADER])
def test_where_there_is_no_identity_the_setting_is_named(missing, monkeypatch):
    monkeypatch.setenv(identity.ENDPOINT, "http://127.0.0.1:9/")
    monkeypatch.setenv(identity.HEADER, "x")
    monkeypatch.delenv(missing)
    with pytest.raises(SettingsError, match=missing):
        me()

"""An app's address: who is let in, and what a function's return value becomes."""

import asyncio
import base64
import http.client
import logging
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest

from local.azure.bindings import Function
from local.azure.errors import FunctionError
from local.azure.http.routes import routes
from local.azure.http.site import Served, Site
from local.azure.process import Value

LOG = logging.getLogger("test")


def function(name: str, level: str) -> Function:
    return Function(name, name, ({"type": "httpTrigger", "name": "request", "authLevel": level},))


FUNCTIONS = [function("open", "anonymous"), function("closed", "function"), function("master", "admin")]
TEXT: Value = {"type": "string", "value": "grüß"}
RESPONSE: Value = {
    "type": "http",
    "value": {
        "status_code": "418",
        "headers": {"X-Kind": "pot", "Connection": "close"},
        "cookies": ["a=1; Path=/", "b=2"],
        "body": base64.b64encode(b"tea").decode(),
    },
}


class Opened:
    """A site, and what its functions were run with."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.runner = Thread(target=self.loop.run_forever, daemon=True)
        self.runner.start()
        self.asked: list[Any] = []
        self.returns: Value | None = TEXT
        self.site = self.on_loop(self._open({}))

    async def _open(self, memory: Any) -> Site:
        return Site(memory, LOG)

    def on_loop(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    async def run(self, function: Function, value: Value) -> Value | None:
        if function.name == "master":
            raise FunctionError("It raised.")
        self.asked.append(value["value"])
        return self.returns

    def ask(self, method: str, target: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.site.server_port, timeout=10)
        connection.request(method, target, body, {each.replace("_", "-"): headers[each] for each in headers})
        return connection.getresponse()


@pytest.fixture
def opened() -> Iterator[Opened]:
    made = Opened()
    made.site.serve(Served(routes(FUNCTIONS, "api"), made.run, body_limit=10))
    yield made
    made.on_loop(made.site.stop())
    made.loop.call_soon_threadsafe(made.loop.stop)
    made.runner.join()
    made.loop.close()


def test_a_function_gets_the_request(opened: Opened) -> None:
    answer = opened.ask("POST", "/api/open?a=1&b=&a=2", b"\x00body", X_Own="yes")
    assert (answer.status, answer.read().decode()) == (200, "grüß")
    [request] = opened.asked
    assert request["query"] == {"a": "1,2", "b": ""}
    assert base64.b64decode(request["body"]) == b"\x00body"
    assert request["url"] == f"http://{opened.site.host_name}/api/open?a=1&b=&a=2"
    assert (request["method"], request["headers"]["x-own"]) == ("POST", "yes")
    assert request["headers"]["x-forwarded-proto"] == "https"


def test_a_response_arrives_as_it_is(opened: Opened) -> None:
    opened.returns = RESPONSE
    answer = opened.ask("GET", "/api/open")
    assert (answer.status, answer.read(), answer.getheader("X-Kind")) == (418, b"tea", "pot")
    assert answer.headers.get_all("Set-Cookie") == ["a=1; Path=/", "b=2"]
    assert answer.headers.get_all("Content-Length") == ["3"]
    opened.returns = None
    assert opened.ask("GET", "/api/open").status == 204


def test_keys_open_functions_of_their_level(opened: Opened) -> None:
    keys = opened.site.keys
    answers = {
        (name, key): opened.ask("GET", f"/api/{name}", **({"X_Functions_Key": key} if key else {})).status
        for name in ("open", "closed", "master")
        for key in ("", "wrong", keys.default, keys.master)
    }
    assert [answers["open", key] for key in ("", "wrong")] == [200, 200]
    assert [answers["closed", key] for key in ("", "wrong", keys.default)] == [401, 401, 200]
    assert [answers["master", key] for key in ("", keys.default, keys.master)] == [401, 401, 500]
    assert opened.ask("GET", f"/api/closed?code={keys.master}").status == 200
    assert keys.default not in repr(opened.site.keys)


@pytest.mark.parametrize(
    ("method", "target", "body", "headers", "status"),
    [
        ("GET", "/api/nothing", b"", {}, 404),
        ("GET", "/open", b"", {}, 404),
        ("POST", "/api/open", b"12345678901", {}, 413),
        ("GET", "/api/open?" + "a" * 8192, b"", {}, 414),
        ("GET", "/api/open", b"", {"Host": "attacker.example:80"}, 403),
    ],
)
def test_what_no_function_sees(
    opened: Opened, method: str, target: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    assert opened.ask(method, target, body, **headers).status == status
    assert not opened.asked


def test_pages_of_known_origins_may_read_answers(opened: Opened) -> None:
    page, asks = "https://page", {"Access_Control_Request_Method": "PUT"}
    assert opened.ask("OPTIONS", "/api/open", Origin=page, **asks).status == 200  # the function's own answer
    opened.site.origins = (page,)
    opened.asked.clear()

    for origin, allowed in ((page, page), ("https://evil", None)):
        asked = opened.ask("OPTIONS", "/api/open", Origin=origin, Access_Control_Request_Headers="x", **asks)
        assert (asked.status, asked.getheader("Access-Control-Allow-Origin")) == (204, allowed)
        assert asked.getheader("Access-Control-Allow-Headers") == ("x" if allowed else None)
    assert not opened.asked
    for origin, allowed in ((page, page), ("https://evil", None)):
        assert (
            opened.ask("GET", "/api/open", Origin=origin).getheader("Access-Control-Allow-Origin") == allowed
        )
    memory = opened.site.memory()
    assert memory["origins"] == [page]


def test_another_process_opens_it_at_the_same_address(opened: Opened) -> None:
    memory = opened.site.memory()
    opened.on_loop(opened.site.stop())
    opened.site = opened.on_loop(opened._open(memory))
    assert opened.site.memory() == memory
    assert opened.ask("GET", "/api/open").status == 503

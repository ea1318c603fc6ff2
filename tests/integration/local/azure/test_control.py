"""The control API: what is answered to what is asked."""

import asyncio
import http.client
import json
import os
from collections.abc import Iterator, Mapping
from threading import Thread
from typing import Any

import pytest

from local.azure.control import ControlServer
from local.azure.errors import DeploymentError, FunctionError, NotFound
from local.azure.eventgrid.subscription import Subscription

TOKEN = "secret"


class FakeHost:
    """Remember what was asked for."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    async def configure(self, name: str, settings: Mapping[str, str], origins: list[str]) -> dict[str, Any]:
        self.asked.append((name, settings, origins))
        return {"functions": []}

    async def deliver(self, name: str, package_uri: str) -> dict[str, Any]:
        if package_uri == "broken":
            raise DeploymentError("The package is broken.")
        if package_uri == "crash":
            raise RuntimeError("unforeseen")
        return {"functions": [{"name": "start", "trigger": "queueTrigger"}]}

    async def publish(self, name: str, archive: bytes) -> dict[str, Any]:
        self.asked.append((name, archive))
        return {"functions": []}

    async def fire(self, name: str, function: str) -> None:
        if function == "broken":
            raise FunctionError("It raised.")
        self.asked.append((name, function))

    def subscriptions(self) -> list[str]:
        return ["uploads"]

    async def remove(self, name: str) -> None:
        raise NotFound(f"There is no app {name!r}.")

    async def instances(self, limit: int) -> dict[str, Any]:
        return {"photos": [{"id": "one"}][:limit]}

    def apps(self) -> list[dict[str, Any]]:
        return [{"name": "photos"}]

    def subscribe(self, name: str, subscription: Subscription) -> None:
        self.asked.append((name, subscription))

    def unsubscribe(self, name: str) -> None:
        self.asked.append(name)


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()


@pytest.fixture
def server(host: FakeHost) -> Iterator[ControlServer]:
    loop = asyncio.new_event_loop()
    doer = Thread(target=loop.run_forever, daemon=True)
    doer.start()
    subject: Any = host
    with ControlServer(0, subject, loop, TOKEN) as running:
        listener = Thread(target=running.serve_forever, daemon=True)
        listener.start()
        yield running
        running.shutdown()
        listener.join()
    loop.call_soon_threadsafe(loop.stop)
    doer.join()
    loop.close()


def ask(
    server: ControlServer, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    content = body if isinstance(body, str) else json.dumps(body)
    connection.request(method, path, content, {"Authorization": f"Bearer {TOKEN}"} | (headers or {}))
    answer = connection.getresponse()
    result = answer.status, json.loads(answer.read())
    connection.close()
    return result


def test_health(server: ControlServer) -> None:
    assert ask(server, "GET", "/health", headers={"Authorization": ""}) == (
        200,
        {"status": "ok", "pid": os.getpid()},
    )


def test_settings_and_package(server: ControlServer, host: FakeHost) -> None:
    assert ask(server, "PUT", "/apps/photos/settings", {"settings": {"A": "b"}})[0] == 200
    assert host.asked == [("photos", {"A": "b"}, [])]
    asked = {"settings": {}, "origins": ["https://page"]}
    assert ask(server, "PUT", "/apps/photos/settings", asked)[0] == 200
    assert host.asked[1:] == [("photos", {}, ["https://page"])]
    status, document = ask(server, "PUT", "/apps/photos/package", {"package_uri": "/tmp/app.zip"})
    assert (status, document["functions"][0]["name"]) == (200, "start")


def test_lists_apps_and_instances(server: ControlServer) -> None:
    assert ask(server, "GET", "/apps") == (200, {"apps": [{"name": "photos"}]})
    assert ask(server, "GET", "/instances") == (200, {"instances": {"photos": [{"id": "one"}]}})
    assert ask(server, "GET", "/instances?limit=0") == (200, {"instances": {"photos": []}})


def test_subscriptions(server: ControlServer, host: FakeHost) -> None:
    document = {"account": "acc", "queue_account": "acc", "queue": "uploads", "subject_ends_with": [".jpg"]}
    assert ask(server, "PUT", "/subscriptions/up%20loads", document) == (200, {})
    assert ask(server, "DELETE", "/subscriptions/uploads") == (200, {})
    assert host.asked == [
        ("up loads", Subscription("acc", "acc", "uploads", subject_ends_with=(".jpg",))),
        "uploads",
    ]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("PUT", "/apps/photos/package", {"package_uri": "broken"}, 422, "The package is broken."),
        ("PUT", "/apps/photos/package", {"package_uri": "crash"}, 500, "its log has the details"),
        ("PUT", "/apps/photos/package", {}, 400, "package_uri is None"),
        ("PUT", "/apps/photos/settings", {"settings": {"A": 1}}, 400, "values are strings"),
        ("PUT", "/apps/photos/settings", {"settings": {}, "origins": "*"}, 400, "a list of strings"),
        ("PUT", "/apps/photos/settings", "{", 400, "not JSON"),
        ("PUT", "/apps/photos/settings", [], 400, "a JSON object"),
        ("PUT", "/subscriptions/x", {"account": "a"}, 400, "queue"),
        ("GET", "/instances?limit=few", None, 400, "'few'"),
        ("DELETE", "/apps/photos", None, 404, "no app 'photos'"),
        ("GET", "/nothing", None, 404, "no GET /nothing"),
    ],
)
def test_says_what_is_wrong(
    server: ControlServer, method: str, path: str, body: Any, status: int, said: str
) -> None:
    answered, document = ask(server, method, path, body)
    assert answered == status
    assert said in document["error"]


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"Host": "attacker.example:80"}, "127.0.0.1 only"),
        ({"Origin": "https://attacker.example"}, "no web page"),
        ({"Origin": "null"}, "no web page"),
        ({"Authorization": ""}, "bearer token"),
        ({"Authorization": "Bearer wrong"}, "bearer token"),
        ({"Authorization": "Bearer \xe9"}, "bearer token"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/apps"), ("PUT", "/apps/photos/package"), ("POST", "/apps/photos/timers/find_stuck")],
)
def test_admits_only_who_holds_the_token_and_no_web_page(
    server: ControlServer, host: FakeHost, method: str, path: str, headers: dict[str, str], said: str
) -> None:
    status, document = ask(server, method, path, {"package_uri": "/tmp/app.zip"}, headers)
    assert (status, said in document["error"]) == (403, True)
    assert not host.asked


def test_a_deployment_site_takes_archives_larger_than_other_bodies(
    server: ControlServer, host: FakeHost
) -> None:
    archive = "PK" * 2**20
    assert ask(server, "POST", "/sites/photos/api/publish?RemoteBuild=false", archive)[0] == 200
    assert host.asked == [("photos", archive.encode())]
    assert ask(server, "GET", "/sites/photos/api/deployments/latest") == (200, {"status": 4})


def test_takes_no_huge_body(server: ControlServer) -> None:
    status, document = ask(server, "PUT", "/apps/photos/settings", headers={"Content-Length": "9999999"})
    assert (status, "at most" in document["error"]) == (400, True)


def test_a_timer_s_function_is_run_now(server: ControlServer, host: FakeHost) -> None:
    assert ask(server, "POST", "/apps/photos/timers/find_stuck") == (200, {})
    assert host.asked == [("photos", "find_stuck")]
    status, told = ask(server, "POST", "/apps/photos/timers/broken")
    assert (status, told) == (500, {"error": "The function failed: It raised."})


def test_subscriptions_are_listed(server: ControlServer) -> None:
    assert ask(server, "GET", "/subscriptions") == (200, {"subscriptions": ["uploads"]})

"""The Azure host with a small app of its own: uploads, retries, crashes, redeployments, and a clean end."""

import base64
import json
import os
import signal
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from azure.core.credentials import AzureNamedKeyCredential
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueClient

from local.emulators import azure_host, azurite, processes
from local.emulators.azurite import Storage

pytestmark = pytest.mark.e2e

LIBRARIES = ".python_packages/lib/site-packages"
HOST_JSON = {
    "version": "2.0",
    "functionTimeout": "00:00:05",
    "extensions": {
        "durableTask": {"maxConcurrentActivityFunctions": 2},
        "queues": {"maxDequeueCount": 2, "messageEncoding": "base64"},
    },
}
APP = """
import json, os, time
import azure.durable_functions as durable
import azure.functions as functions
import core

app = durable.DFApp()


def write(line):
    with open(os.environ["LOG"], "a") as file:
        file.write(json.dumps(line) + "\\n")


@app.queue_trigger(arg_name="message", queue_name="%UPLOADS%", connection="STORE")
@app.durable_client_input(client_name="client")
async def start(message: functions.QueueMessage, client: durable.DurableOrchestrationClient):
    event = json.loads(message.get_body())
    name = event["subject"].partition("/blobs/")[2]
    if "unwanted" in name:
        raise ValueError("unwanted")
    await client.start_new("flow", None, {"name": name, "size": event["data"]["contentLength"]})


@app.route("things/{name}", methods=["POST"], auth_level=functions.AuthLevel.ANONYMOUS)
def echo(req: functions.HttpRequest) -> functions.HttpResponse:
    if req.route_params["name"] == "broken":
        raise ValueError("secret detail")
    told = {"name": req.route_params["name"], "query": dict(req.params), "agent": req.headers["X-Agent"]}
    told["body"] = req.get_body().decode()
    headers = {"X-Host": os.environ["WEBSITE_HOSTNAME"]}
    return functions.HttpResponse(json.dumps(told), status_code=201, headers=headers)


@app.orchestration_trigger(context_name="context")
def flow(context):
    told = context.get_input()
    try:
        yield context.call_activity("work", told)
    except Exception as error:
        told["error"] = str(error)
    yield context.call_activity("report", told)


@app.activity_trigger(input_name="told")
def work(told: dict):
    write({"began": told["name"], "pid": os.getpid(), "at": time.time()})
    if "slow" in told["name"]:
        time.sleep(1)
        write({"ended": told["name"], "at": time.time()})
    if "beside" in told["name"]:  # wait for another one
        until = time.monotonic() + 3
        while open(os.environ["LOG"]).read().count('"began": "in/beside') < 2 and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(1)
        write({"ended": told["name"], "at": time.time()})
    if "stuck" in told["name"]:
        time.sleep(60)
    if "broken" in told["name"]:
        raise ValueError("broken photo")


@app.activity_trigger(input_name="told")
def report(told: dict):
    origin = {name: module.__file__ for name, module in {"core": core, "durable": durable}.items()}
    write(told | {"done": core.VERSION, "origin": origin})
"""


@dataclass
class Running:
    """A host with an Azurite of its own, and an app that writes down what it does."""

    folder: Path
    storage: Storage
    control: azure_host.Control
    pid: int

    @property
    def account(self) -> str:
        return self.storage.accounts[1]

    def ask(self, method: str, path: str, document: Any = None) -> tuple[int, Any]:
        body = json.dumps(document).encode()
        key = {"Authorization": f"Bearer {self.control.token}"}
        request = urllib.request.Request(f"{self.control.url}{path}", body, key, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def queue(self, name: str) -> QueueClient:
        credential = AzureNamedKeyCredential(self.account, self.storage.key)
        return QueueClient(f"{self.storage.queue}/{self.account}", name, credential=credential)

    def upload(self, name: str, content: bytes = b"photo") -> None:
        credential = AzureNamedKeyCredential(self.account, self.storage.key)
        service = BlobServiceClient(f"{self.storage.blob}/{self.account}", credential=credential)
        service.get_blob_client("photos", name).upload_blob(content, overwrite=True)

    def deliver(self, version: str, **files: str) -> tuple[int, Any]:
        package = self.folder / f"{version}.zip"
        contents = {
            "function_app.py": APP,
            "host.json": json.dumps(HOST_JSON),
            "core/__init__.py": f"VERSION = {version!r}",
            f"{LIBRARIES}/azure/durable_functions/__init__.py": "raise ImportError('not this one')",
        }
        with zipfile.ZipFile(package, "w") as archive:
            for name, content in (contents | files).items():
                archive.writestr(name, content)
        return self.ask("PUT", "/apps/photos/package", {"package_uri": str(package)})

    def log(self) -> list[dict[str, Any]]:
        path = self.folder / "app.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def done(self, name: str) -> dict[str, Any]:
        def found() -> dict[str, Any] | None:
            return next((each for each in self.log() if "done" in each and each["name"] == name), None)

        return until(found)

    def app(self) -> dict[str, Any]:
        [app] = self.ask("GET", "/apps")[1]["apps"]
        return dict(app)


def until[T](found: Callable[[], T | None], seconds: float = 120) -> T:
    """Return what ``found`` finds as soon as it does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (result := found()) is not None:
            return result
        time.sleep(0.05)
    raise AssertionError(f"nothing came within {seconds} s")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("azure-host")
    try:
        storage, emulator = azurite.launch(folder)
        azurite.wait(storage, emulator, folder)
        control, process = azure_host.launch(folder, storage)
        azure_host.wait(control, process, folder)
        running = Running(folder, storage, control, process.pid)
        credential = AzureNamedKeyCredential(running.account, storage.key)
        service = BlobServiceClient(f"{storage.blob}/{running.account}", credential=credential)
        service.create_container("photos")
        running.queue("uploads").create_queue()
        settings = {
            "UPLOADS": "uploads",
            "STORE__queueServiceUri": f"{storage.queue}/{running.account}/",
            "LOG": str(folder / "app.jsonl"),
        }
        subscription = {
            "account": running.account,
            "subject_begins_with": "/blobServices/default/containers/photos/blobs/in/",
            "subject_ends_with": [".jpg"],
            "event_types": ["Microsoft.Storage.BlobCreated"],
            "queue_account": running.account,
            "queue": "uploads",
        }
        assert running.ask("PUT", "/apps/photos/settings", {"settings": settings})[0] == 200
        assert running.deliver("1")[0] == 200
        assert running.ask("PUT", "/subscriptions/uploads", subscription)[0] == 200
        yield running
    finally:
        processes.stop(folder)


@pytest.mark.parametrize("name", ["in/plain.jpg", "in/my album/50% a+b %41 ü#1?.JPG"])
def test_an_upload_runs_the_orchestration(host: Running, name: str) -> None:
    host.upload(name, b"12345")
    assert host.done(name)["size"] == 5


def test_code_comes_from_the_package_but_for_the_hosts_own(host: Running) -> None:
    host.upload("in/origin.jpg")
    origin = host.done("in/origin.jpg")["origin"]
    assert Path(origin["core"]).is_relative_to(host.app()["folder"])
    assert not Path(origin["durable"]).is_relative_to(host.app()["folder"])


def test_only_what_is_subscribed_to_starts_anything(host: Running) -> None:
    host.upload("out/other.jpg")
    host.upload("in/other.txt")
    host.upload("in/last.jpg")
    host.done("in/last.jpg")
    assert not [each for each in host.log() if "other" in each.get("name", "")]


def test_http_requests_arrive_and_are_answered(host: Running) -> None:
    name = host.app()["host_name"]

    def ask(path: str, method: str = "POST", **headers: str) -> requests.Response:
        url = f"http://{name}/api/{path}"
        return requests.request(method, url, data=b"body \xc3\xbc", headers={"X-Agent": "test", **headers})

    answer = ask("Things/a%20b?x=1&y=")
    assert (answer.status_code, answer.headers["X-Host"]) == (201, name)
    assert answer.json() == {
        "name": "a b",
        "query": {"x": "1", "y": ""},
        "agent": "test",
        "body": "body ü",
    }
    assert [ask("things/a", method).status_code for method in ("GET", "DELETE")] == [404, 404]
    assert ask("things").status_code == ask("things/a/b").status_code == 404
    assert (ask("things/broken").status_code, ask("things/broken").content) == (500, b"")
    assert ask("things/a", Host="evil.example:80").status_code == 403


def test_an_error_arrives_at_the_orchestrator(host: Running) -> None:
    host.upload("in/broken.jpg")
    assert "broken photo" in host.done("in/broken.jpg")["error"]


def test_a_message_that_keeps_failing_ends_in_the_poison_queue(host: Running) -> None:
    host.upload("in/unwanted.jpg")

    def set_aside() -> str | None:
        if not any(each.name == "uploads-poison" for each in queues.list_queues()):
            return None
        message = host.queue("uploads-poison").receive_message()
        return None if message is None else str(message.content)

    from azure.storage.queue import QueueServiceClient

    queues = QueueServiceClient(
        f"{host.storage.queue}/{host.account}",
        credential=AzureNamedKeyCredential(host.account, host.storage.key),
    )
    assert until(set_aside)


def test_work_survives_a_crash_of_the_app(host: Running) -> None:
    before = host.app()["pid"]
    host.upload("in/slow-crash.jpg")
    until(lambda: next((each for each in host.log() if each.get("began") == "in/slow-crash.jpg"), None))
    os.kill(before, signal.SIGKILL)
    assert "error" not in host.done("in/slow-crash.jpg")
    pids = [each["pid"] for each in host.log() if each.get("began") == "in/slow-crash.jpg"]
    assert pids == [before, host.app()["pid"]]


def test_activities_run_side_by_side_up_to_the_bound(host: Running) -> None:
    names = [f"in/beside-{number}.jpg" for number in range(4)]
    for name in names:
        host.upload(name)
    for name in names:
        host.done(name)
    began, ended = (
        sorted(each["at"] for each in host.log() if each.get(what) in names) for what in ("began", "ended")
    )
    under_way = [
        sum(each <= moment for each in began) - sum(each <= moment for each in ended) for moment in began
    ]
    assert max(under_way) == 2


def test_an_activity_that_takes_too_long_fails(host: Running) -> None:
    host.upload("in/stuck.jpg")
    assert "longer than 5.0 s" in host.done("in/stuck.jpg")["error"]


def test_a_package_that_does_not_work_changes_nothing(host: Running) -> None:
    status, document = host.deliver("bad", **{"function_app.py": "import nowhere"})
    assert (status, "nowhere" in document["error"]) == (422, True)
    assert len(list(Path(host.app()["folder"]).parent.iterdir())) == 1
    host.upload("in/after-bad.jpg")
    assert host.done("in/after-bad.jpg")["done"] != "bad"


def test_a_new_package_takes_over_and_work_goes_on(host: Running) -> None:
    host.upload("in/slow-handover.jpg")
    until(lambda: next((each for each in host.log() if each.get("began") == "in/slow-handover.jpg"), None))
    assert host.deliver("2")[0] == 200
    assert "error" not in host.done("in/slow-handover.jpg")
    host.upload("in/second.jpg")
    assert host.done("in/second.jpg")["done"] == "2"


def test_orchestrations_can_be_listed(host: Running) -> None:
    host.upload("in/listed.jpg")
    host.done("in/listed.jpg")
    [newest] = host.ask("GET", "/instances?limit=1")[1]["instances"]["photos"]
    assert newest["name"] == "flow"


def test_an_app_that_is_deleted_leaves_nothing(host: Running) -> None:
    package = host.folder / "extra.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("host.json", json.dumps(HOST_JSON))
        archive.writestr("function_app.py", APP)
        archive.writestr("core/__init__.py", "VERSION = 'extra'")
    settings = {
        "UPLOADS": "elsewhere",
        "STORE__queueServiceUri": f"{host.storage.queue}/{host.account}",
        "LOG": "/dev/null",
    }
    assert host.ask("PUT", "/apps/extra/settings", {"settings": settings})[0] == 200
    status, extra = host.ask("PUT", "/apps/extra/package", {"package_uri": package.as_uri()})
    assert status == 200
    assert psutil.pid_exists(extra["pid"])
    assert host.ask("DELETE", "/apps/extra") == (200, {})
    assert not psutil.pid_exists(extra["pid"])
    assert not Path(extra["folder"]).exists()
    assert host.ask("DELETE", "/apps/extra")[0] == 404


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_the_host(host: Running, tmp_path: Path, number: signal.Signals) -> None:
    queue = host.queue("last")
    queue.create_queue()
    control, process = azure_host.launch(tmp_path, host.storage)
    try:
        azure_host.wait(control, process, tmp_path)
        other = Running(tmp_path, host.storage, control, process.pid)
        settings = {
            "UPLOADS": "last",
            "STORE__queueServiceUri": f"{host.storage.queue}/{host.account}",
            "LOG": str(tmp_path / "app.jsonl"),
        }
        assert other.ask("PUT", "/apps/photos/settings", {"settings": settings})[0] == 200
        assert other.deliver("1")[0] == 200
        event = {"subject": "/blobs/stuck", "data": {"contentLength": 1}}
        queue.send_message(base64.b64encode(json.dumps(event).encode()).decode())
        until(lambda: next((each for each in other.log() if each.get("began")), None))
        host_process, worker = psutil.Process(process.pid), psutil.Process(other.app()["pid"])
        host_process.send_signal(number)
        psutil.wait_procs([host_process, worker], timeout=30)
        assert not host_process.is_running()
        assert not worker.is_running()
    finally:
        queue.delete_queue()
        processes.stop(tmp_path)


def test_a_host_that_was_killed_has_its_apps_and_subscriptions_again(host: Running) -> None:
    psutil.Process(host.pid).kill()
    control, process = azure_host.launch(host.folder, host.storage, host.control)
    host.pid = process.pid
    azure_host.wait(control, process, host.folder)
    assert control == host.control
    host.upload("in/again.jpg")
    assert "error" not in host.done("in/again.jpg")

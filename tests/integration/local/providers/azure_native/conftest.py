import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from local import state
from local.providers import wire
from local.providers.azure_native.__main__ import stand_in
from local.providers.provider import Ask


class FakeControl(ThreadingHTTPServer):
    """The local host's control API: remembers what it was asked, refuses packages called broken."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self._answer(200, json.dumps({"host_name": f"127.0.0.1:{len(self.path)}"}))

    def do_PUT(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(("PUT", self.path, body))
        if "broken" in body.get("package_uri", ""):
            self._answer(400, json.dumps({"error": "No function was found in the package."}))
        elif "crash" in body.get("package_uri", ""):
            self._answer(500, "crashed")
        else:
            self._answer(200, "{}")

    def do_DELETE(self):
        gone = ("DELETE", self.path, None) in self.server.asked
        self.server.asked.append(("DELETE", self.path, None))
        self._answer(404 if gone else 200, json.dumps({"error": "There is no such thing."}))

    def _answer(self, status, text):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def control():
    server = FakeControl()
    serving = Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield server
    server.shutdown()
    server.server_close()
    serving.join()


@pytest.fixture
def azure(azurite, control, tmp_path, monkeypatch):
    """A set-up of the test's own on the shared Azurite."""
    monkeypatch.setenv(state.VARIABLE, str(tmp_path / "local.json"))
    (tmp_path / "pulumi").mkdir()
    emulator = state.AzureEmulator(
        azurite.blob, azurite.queue, azurite.table, azurite.key, azurite.accounts, control.url, "token", {}
    )
    current = state.LocalState(
        aws=state.AwsEmulator("http://127.0.0.1:1", 1, "us-east-1", "AKIA", "secret"),
        azure=emulator,
        pulumi=state.PulumiBackend(str(tmp_path / "pulumi" / "home"), "file://", "p"),
    )
    state.save(current)
    return emulator


class Cloud:
    """Makes resources through the stand-in, as the engine would."""

    def __init__(self, provider):
        self.provider = provider
        self._undo = []

    def wrong(self, kind, inputs):
        found = self.provider.check(Ask(f"azure-native:{kind}", "test", b"seed"), {}, inputs)[1]
        return {fault.path: fault.reason for fault in found}

    def make(self, kind, inputs, name="test"):
        ask = Ask(f"azure-native:{kind}", name, b"seed")
        checked, wrong = self.provider.check(ask, {}, inputs)
        assert wrong == []
        identity, outputs = self.provider.create(ask, wire.decode(wire.encode(checked)), preview=False)
        wire.encode(outputs)
        self._undo.append((ask, identity, outputs))
        return ask, identity, outputs

    def group(self):
        name = "group"
        if not any(ask.token.endswith(":ResourceGroup") for ask, *_ in self._undo):
            self.make("resources:ResourceGroup", {"resourceGroupName": name})
        return {"resourceGroupName": name}

    def account(self, name="test", **changes):
        given = {"kind": "StorageV2", "sku": {"name": "Standard_LRS"}, **changes}
        _, identity, outputs = self.make("storage:StorageAccount", {**self.group(), **given}, name)
        return {**outputs, "id": identity}

    def undo(self):
        for ask, identity, outputs in reversed(self._undo):
            self.provider.delete(ask, identity, outputs)


@pytest.fixture
def cloud(azure):
    provider = stand_in()
    provider.configure({"location": "westeurope"})
    cloud = Cloud(provider)
    yield cloud
    cloud.undo()

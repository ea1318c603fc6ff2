"""Packages that are downloaded."""

import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from local.azure.errors import DeploymentError
from local.azure.packages import fetch


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "app.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("host.json", "{}")
        package.writestr("core/job.py", "JOB = 1")
    return path


class _Store(BaseHTTPRequestHandler):
    content = b""

    def do_GET(self) -> None:
        allowed = self.path == "/app.zip?sig=good"
        self.send_response(200 if allowed else 403)
        self.end_headers()
        self.wfile.write(self.content if allowed else b"")

    def log_message(self, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def store(archive: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(_Store, "content", archive.read_bytes())
    with ThreadingHTTPServer(("127.0.0.1", 0), _Store) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/app.zip"
        server.shutdown()


def test_downloads_a_signed_url(store: str, tmp_path: Path) -> None:
    assert (fetch(f"{store}?sig=good", tmp_path / "packages").folder / "host.json").exists()


def test_does_not_tell_the_signature(store: str, tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match="HTTP 403") as caught:
        fetch(f"{store}?sig=secret", tmp_path / "packages")
    assert "secret" not in str(caught.value)

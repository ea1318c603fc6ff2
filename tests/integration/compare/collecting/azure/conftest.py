"""Azure's two interfaces on this machine, with faults on demand."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from azure.core.pipeline.policies import HeadersPolicy
from azure_answers import Azure, azure
from compare_times import window

from compare.collecting.azure.rest import Rest

__all__ = ["azure", "window"]


@pytest.fixture
def faults() -> list[Any]:
    """What goes wrong with the next answers: a status, "half" or "nothing"."""
    return []


def handler(azure: Azure, faults: list[Any]) -> type[BaseHTTPRequestHandler]:
    """Return a request handler that answers as Azure."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            azure.asked.append((parts.path, query, body))
            fault = faults.pop(0) if faults else None
            if fault == "nothing":
                self.close_connection = True
                return
            status = fault if isinstance(fault, int) else 200
            error = {"error": {"code": "Oops", "message": "Not today."}}
            document = azure.answer(parts.path, query, body) if status == 200 else error
            text = json.dumps(document).encode()
            if fault == "half":
                text = text[: len(text) // 2]
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


@pytest.fixture
def rest(azure: Azure, faults: list[Any]) -> Iterator[Rest]:
    """Reach it over HTTP, with short waits between tries."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(azure, faults))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    tries = {"retry_total": 2, "retry_backoff_factor": 0}
    authentication = HeadersPolicy({"Authorization": "Bearer x"})
    yield Rest(f"http://127.0.0.1:{server.server_port}", authentication, "Monitoring Reader", tries)
    server.shutdown()
    server.server_close()
    thread.join()

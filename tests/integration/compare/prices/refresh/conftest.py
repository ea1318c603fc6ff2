"""The vendors' price lists, served on this machine, with faults on demand."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from price_lists import Server, Vendor, book, vendor

from compare.prices.refresh.http import JsonReader
from compare.prices.refresh.lists import PriceLists

__all__ = ["book", "vendor"]


def handler(vendor: Vendor, server: Server) -> type[BaseHTTPRequestHandler]:
    """Return a request handler that serves the vendor's lists."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            vendor.asked.append(self.path)
            fault = server.faults.pop(0) if server.faults else None
            if isinstance(fault, tuple):
                status, headers = fault
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if fault == "stall":
                time.sleep(2)
                return
            document = vendor.answer(self.path)
            if document is None:
                self.send_error(404)
                return
            body = {"html": b"<html>", "nothing": b"[]"}.get(fault) or json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if fault == "half" else body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return Handler


@pytest.fixture
def server(vendor: Vendor) -> Iterator[Server]:
    """The server of the lists."""
    made = Server()
    serving = ThreadingHTTPServer(("127.0.0.1", 0), handler(vendor, made))
    made.url = f"http://127.0.0.1:{serving.server_port}"
    thread = threading.Thread(target=serving.serve_forever, args=(0.01,))
    thread.start()
    yield made
    serving.shutdown()
    thread.join()
    serving.server_close()


@pytest.fixture
def lists(server: Server) -> PriceLists:
    """The lists, read impatiently."""
    return PriceLists(
        date(2026, 11, 23),
        {"aws": server.url, "azure": f"{server.url}/api/retail/prices"},
        JsonReader(timeout=1, backoff=0.01),
    )

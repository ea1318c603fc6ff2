"""Serve the page on this machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from web.files import CACHE_CONTROL, CONFIG, INDEX, config, content_type, files, security_headers

LOOPBACK = "127.0.0.1"


def serve(doors: Mapping[str, str], origins: Iterable[str], port: int) -> ThreadingHTTPServer:
    """Return a server of the page at 127.0.0.1, which the caller starts and closes.

    Args:
        doors: The addresses of the APIs by the names that the page shows.
        origins: The origins that the page may reach, of APIs and stores.
        port: The port, or 0 for any.

    Raises:
        OSError: The port is in use.
    """
    page = {f"/{name}": (content_type(name), path.read_bytes()) for name, path in files().items()}
    page[f"/{CONFIG}"] = content_type(CONFIG), config(doors).encode()
    page["/"] = page[f"/{INDEX}"]
    headers = {**security_headers(origins), "Cache-Control": CACHE_CONTROL}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60  # seconds that a connection may be silent

        def do_GET(self) -> None:
            self._answer(send_body=True)

        def do_HEAD(self) -> None:
            self._answer(send_body=False)

        def _answer(self, *, send_body: bool) -> None:
            found = page.get(urlsplit(self.path).path)
            # A page of another site can reach 127.0.0.1 under a name of its own (DNS rebinding).
            known = self.headers.get("Host", "") == f"{LOOPBACK}:{server.server_port}"
            status = HTTPStatus.OK if known and found else HTTPStatus.NOT_FOUND
            kind, body = found if known and found else ("text/plain; charset=utf-8", b"Not found.\n")
            self.send_response(status)
            for name, value in {**headers, "Content-Type": kind, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if send_body:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Write no log: the terminal shows the address."""

    server = ThreadingHTTPServer((LOOPBACK, port), Handler)
    return server


def origin(server: ThreadingHTTPServer) -> str:
    """Return the origin of the page."""
    return f"http://{LOOPBACK}:{server.server_port}"

"""An app's address, at which its functions with an HTTP trigger answer; on Azure ``<app>.azurewebsites.net``.

The address stays the same as long as the app exists. Before there are functions, every request is answered
with 503. Limits and answers are those of the Functions host.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from local.azure.bindings import Function
from local.azure.errors import FunctionFailed
from local.azure.http.routes import Route, find
from local.azure.process import Value
from local.loopback import HOSTS

# learn.microsoft.com, "App settings reference for Azure Functions".
BODY_LIMIT_SETTING = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"
BODY_LIMIT = 104_857_600
LONGEST_TARGET = 8192  # Kestrel's MaxRequestLineSize
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
OF_THE_CONNECTION = ("connection", "content-length", "date", "server", "transfer-encoding")

type Run = Callable[[Function, Value], Awaitable[Value | None]]
"""Run a function on the value of its trigger."""


@dataclass(frozen=True)
class Keys:
    """The app's two keys: the first opens every function but those of the level admin, the second all."""

    default: str = field(default_factory=lambda: secrets.token_urlsafe(40), repr=False)
    master: str = field(default_factory=lambda: secrets.token_urlsafe(40), repr=False)

    def open(self, level: str, given: str) -> bool:
        """Return whether a request with this key may run a function of the level."""
        if level == "anonymous":
            return True
        enough = (self.master,) if level == "admin" else (self.default, self.master)
        return any(hmac.compare_digest(given.encode(), each.encode()) for each in enough)


@dataclass(frozen=True)
class Answer:
    """What a request is answered with."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Served:
    """What an app answers at present."""

    routes: tuple[Route, ...]
    run: Run
    body_limit: int


class Site(ThreadingHTTPServer):
    """Listen on a port of 127.0.0.1, a free one if it is 0; functions run on the current event loop."""

    daemon_threads = True
    request_queue_size = 256  # five by default: more who connect at once were reset

    def __init__(self, memory: Mapping[str, Any], log: logging.Logger) -> None:
        super().__init__(("127.0.0.1", memory.get("port", 0)), _Handler)
        self.log = log
        self.keys = Keys(**memory.get("keys", {}))
        self.origins: tuple[str, ...] = tuple(memory.get("origins", ()))  # of pages that may read answers
        self._loop = asyncio.get_running_loop()
        self._served: Served | None = None
        self._listener = Thread(target=self.serve_forever, daemon=True)
        self._listener.start()

    @property
    def host_name(self) -> str:
        """The app's host name, with the port."""
        return f"127.0.0.1:{self.server_port}"

    def memory(self) -> dict[str, Any]:
        """Return what another process needs to open the site again at the same address."""
        return {"port": self.server_port, "keys": asdict(self.keys), "origins": list(self.origins)}

    def serve(self, served: Served) -> None:
        """Answer with these functions from now on."""
        self._served = served

    async def stop(self) -> None:
        """Close the address; requests under way are dropped."""
        await asyncio.to_thread(self.shutdown)
        self.server_close()

    def body_limit(self) -> int:
        """Return how many bytes a request's body may have."""
        return self._served.body_limit if self._served else BODY_LIMIT

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a request from another thread."""
        asked = self._answer(method, target, headers, body)
        return asyncio.run_coroutine_threadsafe(asked, self._loop).result()

    async def _answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if self._served is None:
            return Answer(503)
        parts = urlsplit(target)
        query: dict[str, str] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            query[name] = f"{query[name]},{value}" if name in query else value
        found = find(self._served.routes, method, parts.path)
        if found is None:
            return Answer(404)
        route, parameters = found
        if not self.keys.open(route.level, headers.get("x-functions-key") or query.get("code", "")):
            return Answer(401)
        request = {
            "method": method,
            "url": f"http://{self.host_name}{target}",
            "headers": headers,
            "query": query,
            "params": parameters,
            "body": base64.b64encode(body).decode(),
        }
        try:
            result = await self._served.run(route.function, {"type": "http", "value": request})
        except FunctionFailed as error:
            self.log.error("The function %s failed: %s", route.function.name, error)
            return Answer(500)
        return _returned(result)


def _returned(result: Value | None) -> Answer:
    """Return the answer that a function's return value describes: a response, text or nothing."""
    if result is None or result["value"] is None:
        return Answer(204)
    if result["type"] != "http":
        return Answer(200, str(result["value"]).encode(), (("Content-Type", "text/plain; charset=utf-8"),))
    response = result["value"]
    cookies = tuple(("Set-Cookie", each) for each in response["cookies"])
    return Answer(
        int(response["status_code"]),
        base64.b64decode(response["body"]),
        (*response["headers"].items(), *cookies),
    )


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: a target may have a secret."""

    def answer(self) -> None:
        """Answer the request."""
        try:
            answer = self._refusal() or self._preflight() or self._asked()
        except Exception:
            self.server.log.exception("A request with %s failed in the local host.", self.command)
            answer = Answer(500)
        self.send_response(answer.status)
        for name, value in (*answer.headers, *self._allowed()):
            if name.lower() not in OF_THE_CONNECTION:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _refusal(self) -> Answer | None:
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Host", "").rpartition(":")[0] not in HOSTS:
            return Answer(403)
        if len(self.path) > LONGEST_TARGET:
            return Answer(414)
        if "Transfer-Encoding" in self.headers:
            return Answer(411)  # this server reads no chunks
        if not length.isdecimal():
            return Answer(400)
        return Answer(413) if int(length) > self.server.body_limit() else None

    def _allowed(self) -> tuple[tuple[str, str], ...]:
        """Return what lets the page that asks read the answer, if it may."""
        origin = self.headers.get("Origin", "")
        if origin not in self.server.origins:
            return ()
        return ("Access-Control-Allow-Origin", origin), ("Vary", "Origin")

    def _preflight(self) -> Answer | None:
        """Answer what a browser asks before a request, as App Service does: any method, with any headers."""
        method = self.headers.get("Access-Control-Request-Method")
        if self.command != "OPTIONS" or not method or not self.server.origins:
            return None
        if not self._allowed():
            return Answer(204)
        headers = self.headers.get("Access-Control-Request-Headers", "")
        allowed = ("Access-Control-Allow-Methods", method), ("Access-Control-Allow-Headers", headers)
        return Answer(204, headers=allowed)

    def _asked(self) -> Answer:
        headers = {name.lower(): value for name, value in self.headers.items()}
        host, port = self.client_address[:2]
        headers |= {"x-forwarded-for": f"{host}:{port}", "x-forwarded-proto": "https"}
        body = self.rfile.read(int(headers.get("content-length", "0")))
        return self.server.answer(self.command, self.path, headers, body)


for _method in METHODS:
    setattr(_Handler, f"do_{_method}", _Handler.answer)

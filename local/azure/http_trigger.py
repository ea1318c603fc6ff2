"""An app's HTTP triggers, served on loopback at the address that the app finds in ``WEBSITE_HOSTNAME``.

As on Azure, a function answers under ``/api`` at its route, of the methods that it names; anything else is
404. Not served: keys (only anonymous functions are), optional and constrained parts of routes.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger
"""

from __future__ import annotations

import asyncio
import base64
import logging
import re
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from local.azure.bindings import Function
from local.azure.errors import DeploymentError, FunctionFailed
from local.azure.process import Value
from local.loopback import HOSTS

PREFIX = "/api/"
MAX_BODY_BYTES = 32 * 1024 * 1024  # what fits through the worker's channel; Azure takes 100 MB
_PARAMETER = re.compile(r"\{(\w+)\}")

Run = Callable[[Value], Awaitable[Value | None]]


@dataclass(frozen=True)
class Route:
    """A function's route, as a pattern of paths, and the methods that it answers."""

    pattern: re.Pattern[str]
    methods: frozenset[str]
    run: Run

    @classmethod
    def of(cls, function: Function, run: Run) -> Route:
        """Read the function's trigger.

        Raises:
            DeploymentError: It asks for something that this host does not serve.
        """
        trigger = function.trigger
        level = str(trigger.get("authLevel", "FUNCTION")).upper()
        if level != "ANONYMOUS":
            raise DeploymentError(
                f"The function {function.name!r} has the authorization level {level}; the local host serves "
                "only ANONYMOUS."
            )
        template = str(trigger.get("route") or function.name)
        parts = _PARAMETER.split(template)  # texts and, between them, names
        if any("{" in text or "}" in text for text in parts[::2]):
            raise DeploymentError(
                f"The function {function.name!r} has the route {template!r}; the local host serves "
                "parameters such as {name} only."
            )
        pattern = "".join(
            f"(?P<{part}>[^/]+)" if number % 2 else re.escape(part) for number, part in enumerate(parts)
        )
        methods = frozenset(str(each).upper() for each in trigger.get("methods") or ())
        return cls(re.compile(PREFIX + pattern, re.IGNORECASE), methods, run)


class HttpServer:
    """Serves the routes of one app; ``port`` 0 stands for any free one."""

    def __init__(self, port: int, loop: asyncio.AbstractEventLoop, log: logging.Logger) -> None:
        self.routes: tuple[Route, ...] = ()
        self._loop = loop
        self._log = log
        server = self

        class Handler(_Handler):
            served = server

        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        except OSError:
            self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        """The port on 127.0.0.1."""
        return self._server.server_port

    @property
    def host_name(self) -> str:
        """The host and the port."""
        return f"127.0.0.1:{self.port}"

    async def stop(self) -> None:
        """Answer no more requests."""
        await asyncio.to_thread(self._server.shutdown)
        self._server.server_close()

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Value | None:
        """Run the function whose route matches, from any thread; ``None`` if there is none.

        Raises:
            FunctionFailed: The function failed.
        """
        parts = urlsplit(target)
        for route in self.routes:
            match = route.pattern.fullmatch(unquote(parts.path).rstrip("/"))
            if match and (not route.methods or method in route.methods):
                request = {
                    "method": method,
                    "url": f"http://{self.host_name}{target}",
                    "headers": headers,
                    "params": match.groupdict(),
                    "query": dict(parse_qsl(parts.query, keep_blank_values=True)),
                    "body": base64.b64encode(body).decode(),
                }
                return asyncio.run_coroutine_threadsafe(_run(route.run, request), self._loop).result()
        return None

    def failed(self, error: FunctionFailed) -> None:
        """Log that a function failed; whoever asked learns nothing more."""
        self._log.error("A function with an HTTP trigger failed: %s\n%s", error, error.stack)


async def _run(run: Run, request: Mapping[str, Any]) -> Value:
    return await run({"type": "http", "value": request}) or {"type": "http", "value": {"status_code": "204"}}


class _Handler(BaseHTTPRequestHandler):
    served: HttpServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: addresses may hold secrets."""

    def _answer(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Host", "").rpartition(":")[0] not in HOSTS:
            return self._send(403)
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            return self._send(413)
        body = self.rfile.read(int(length))
        try:
            answer = self.served.answer(self.command, self.path, dict(self.headers.items()), body)
        except FunctionFailed as error:
            self.served.failed(error)
            return self._send(500)
        if answer is None:
            return self._send(404)
        value = answer["value"]
        if answer["type"] != "http":  # a function may return a text
            return self._send(200, {"Content-Type": "text/plain; charset=utf-8"}, str(value).encode())
        return self._send(
            int(value["status_code"]), value.get("headers", {}), base64.b64decode(value.get("body", ""))
        )

    def _send(self, status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

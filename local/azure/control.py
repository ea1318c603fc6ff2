"""The control API: HTTP and JSON on loopback.

======  ========================  =========================================================================
PUT     /apps/<name>/settings     ``{"settings": {name: text}}``
PUT     /apps/<name>/package      ``{"package_uri": address}``; answers once the app runs it
POST    /sites/<name>/api/publish  an archive; answers once the app runs it, as its deployment site does
GET     /sites/<name>/api/deployments/latest   the state of the last one, which has always succeeded
POST    /apps/<name>/timers/<f>   runs the function ``f`` now; answers once it is done
GET     /apps                     ``{"apps": [...]}``: functions, worker's pid, package of each app
GET     /apps/<name>              the same of one app
GET     /apps/<name>/keys         the keys that its functions with an HTTP trigger demand
DELETE  /apps/<name>
PUT     /subscriptions/<name>     see :class:`local.azure.eventgrid.subscription.Subscription`
GET     /subscriptions            ``{"subscriptions": [names]}``
DELETE  /subscriptions/<name>
GET     /instances?limit=<n>      the newest orchestrations of each app
GET     /health
======  ========================  =========================================================================

All but the last demand the host's bearer token. A failed request is answered with ``{"error": sentence}`` and
the status of the :class:`HostError`.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import os
from dataclasses import asdict
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from local.azure.errors import BadRequest, FunctionFailed, HostError, NotFound, Refused
from local.azure.eventgrid.subscription import Subscription
from local.loopback import HOSTS

if TYPE_CHECKING:
    from local.azure.host import Host

LOG = logging.getLogger(__name__)
MAX_BODY_BYTES = 1024 * 1024
MAX_ARCHIVE_BYTES = 256 * 1024 * 1024
SITES = "/sites/"
SUCCESS = 4  # https://github.com/projectkudu/kudu, DeployStatus
DEFAULT_LIMIT = 50
# Environment variables of the host.
STORAGE_KEY = "TWINLENS_STORAGE_KEY"
CONTROL_TOKEN = "TWINLENS_CONTROL_TOKEN"  # noqa: S105 - a variable's name


class ControlServer(ThreadingHTTPServer):
    """Serve the API on 127.0.0.1 from threads, doing the work on ``loop``."""

    daemon_threads = True

    def __init__(self, port: int, host: Host, loop: asyncio.AbstractEventLoop, token: str) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self._host = host
        self._loop = loop
        self._authorization = f"Bearer {token}".encode()

    def admit(self, target: str, headers: Message) -> None:
        """Admit only who holds the token, and no web page.

        A page can reach loopback under its own host name (DNS rebinding), or name its origin in a request.

        Raises:
            Refused: The request is not admitted.
        """
        if headers.get("Host", "").rpartition(":")[0] not in HOSTS:
            raise Refused("The control API answers requests to 127.0.0.1 only.")
        if "Origin" in headers:
            raise Refused("The control API answers no web page.")
        given = headers.get("Authorization", "").encode()
        if target != "/health" and not hmac.compare_digest(given, self._authorization):
            raise Refused("The control API demands its bearer token, which is in local.json.")

    def call(self, method: str, target: str, body: bytes) -> dict[str, Any]:
        """Handle a request and return the document that answers it.

        Raises:
            HostError: The request cannot be fulfilled.
        """
        return asyncio.run_coroutine_threadsafe(self._route(method, target, body), self._loop).result()

    async def _route(self, method: str, target: str, body: bytes) -> dict[str, Any]:
        parts = urlsplit(target)
        match method, [unquote(each) for each in parts.path.strip("/").split("/")]:
            case "GET", ["health"]:
                return {"status": "ok", "pid": os.getpid()}
            case "GET", ["apps"]:
                return {"apps": self._host.apps()}
            case "GET", ["instances"]:
                limit = parse_qs(parts.query).get("limit", [str(DEFAULT_LIMIT)])[0]
                if not limit.isdecimal():
                    raise BadRequest(f"limit is {limit!r}; give a whole number.")
                return {"instances": await self._host.instances(int(limit))}
            case "PUT", ["apps", name, "settings"]:
                document = _document(body)
                return await self._host.configure(name, _settings(document), _origins(document))
            case "PUT", ["apps", name, "package"]:
                return await self._host.deliver(name, _text(_document(body), "package_uri"))
            case "POST", ["sites", name, "api", "publish"]:
                return await self._host.publish(name, body)
            case "GET", ["sites", _, "api", "deployments", "latest"]:
                return {"status": SUCCESS}
            case "POST", ["apps", name, "timers", function]:
                await self._host.fire(name, function)
            case "GET", ["apps", name]:
                return self._host.app(name).describe()
            case "GET", ["apps", name, "keys"]:
                return asdict(self._host.app(name).site.keys)
            case "DELETE", ["apps", name]:
                await self._host.remove(name)
            case "GET", ["subscriptions"]:
                return {"subscriptions": self._host.subscriptions()}
            case "PUT", ["subscriptions", name]:
                self._host.subscribe(name, Subscription.of(_document(body)))
            case "DELETE", ["subscriptions", name]:
                self._host.unsubscribe(name)
            case _:
                raise NotFound(f"There is no {method} {parts.path}.")
        return {}


class _Handler(BaseHTTPRequestHandler):
    server: ControlServer

    def do_GET(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:
        LOG.debug(format, *args)

    def _answer(self) -> None:
        try:
            status, document = 200, self.server.call(self.command, self.path, self._body())
        except FunctionFailed as error:
            status, document = 500, {"error": f"The function failed: {error}"}
        except HostError as error:
            status, document = error.status, {"error": str(error)}
        except Exception:
            LOG.exception("%s %s failed", self.command, self.path)
            status, document = 500, {"error": "The local Azure host failed; its log has the details."}
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _body(self) -> bytes:
        self.server.admit(self.path, self.headers)
        length = self.headers.get("Content-Length", "0")
        limit = MAX_ARCHIVE_BYTES if self.path.startswith(SITES) else MAX_BODY_BYTES
        if not length.isdecimal() or int(length) > limit:
            raise BadRequest(f"The body's length is {length}; at most {limit} bytes are accepted.")
        return self.rfile.read(int(length))


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise BadRequest(f"The body is not JSON: {error}.") from None
    if not isinstance(document, dict):
        raise BadRequest("The body must be a JSON object.")
    return document


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise BadRequest(f"{name} is {value!r}; it must be a string.")
    return value


def _settings(document: dict[str, Any]) -> dict[str, str]:
    settings = document.get("settings")
    if not isinstance(settings, dict) or not all(isinstance(each, str) for each in settings.values()):
        raise BadRequest("settings must be an object whose values are strings.")
    return settings


def _origins(document: dict[str, Any]) -> list[str]:
    origins = document.get("origins", [])
    if not isinstance(origins, list) or not all(isinstance(each, str) for each in origins):
        raise BadRequest("origins must be a list of strings.")
    return origins

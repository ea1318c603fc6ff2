"""A front door with its store in this process, whose answers are those of the OpenAPI document.

What becomes of a photo depends on the beginning of its name: see :data:`FATES`.
"""

import hashlib
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jsonschema
from PIL import Image

DOCUMENT = json.loads(
    (Path(__file__).parents[2] / "core" / "front_door" / "openapi.json").read_text(encoding="utf-8")
)
STEPS = ("validate", "resize", "optimize")
MOST = 100_000  # bytes
TYPES = {"jpg": "image/jpeg", "png": "image/png", "heic": "image/heic"}
PAST, FUTURE = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"
FATES = {
    "broken": "the job rejects it",
    "failed": "the job fails",
    "late": "the store refuses the first try, since the address has expired",
    "cut": "the store takes it, and its first answer is lost",
    "busy": "the first request is too many",
    "wait": "a person has to decide",
    "full": "there is no place to wait for its first change",
}


def conforms(schema, value):
    """Check a value against one of the document's schemas."""
    jsonschema.validate(
        value, {"$ref": f"#/components/schemas/{schema}", "components": DOCUMENT["components"]}
    )
    return value


@dataclass
class Photo:
    """An upload that was asked for."""

    handle: str
    told: dict
    late: bool
    data: bytes = b""
    looks: int = 0


@dataclass
class FakeDoor:
    """What the server knows; ``origin`` is the only one that it lets in."""

    origin: str = ""
    photos: dict[str, Photo] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    now: int = 0  # photos between request and end
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def first(self, fate, name):
        """Return whether the name has this fate, and it is the first time."""
        if not name.startswith(fate) or (fate, name) in self.met:
            return False
        self.met.add((fate, name))
        return True

    def ask(self, told, address):
        conforms("NewUpload", told)
        name, suffix = told["name"], told["name"].rpartition(".")[2].lower()
        if self.first("busy", name):
            return problem(429, "Too Many Requests", "Too many requests.")
        if told["type"] != TYPES.get(suffix):
            return problem(415, "Unsupported Media Type", "The name ends in no suffix of a photo.")
        if told["bytes"] > MOST:
            return problem(
                413,
                "Content Too Large",
                f"The file has {told['bytes']:,} bytes; at most {MOST:,} are accepted.",
            )
        handle = f"handle-{len(self.photos)}"
        identifier = hashlib.sha256(handle.encode()).hexdigest()
        self.photos[identifier] = Photo(handle, told, self.first("late", name))
        self.now += 1
        self.most = max(self.most, self.now)
        upload = {
            "method": "PUT",
            "url": f"{address}/store/{identifier}",
            "headers": {"Content-Type": told["type"], "If-None-Match": "*"},
        }
        expires = PAST if self.photos[identifier].late else FUTURE
        return (
            201,
            conforms("Upload", {"id": identifier, "handle": handle, "expires": expires, "upload": upload}),
            "",
        )

    def put(self, identifier, headers, data):
        """Take an upload; return the status, or 0 to give no answer."""
        photo = self.photos[identifier]
        if photo.late:
            self.now -= 1
            return 403
        if photo.data:
            return 412
        assert headers["Content-Type"] == photo.told["type"]
        assert headers["If-None-Match"] == "*"
        assert hashlib.sha256(data).hexdigest() == photo.told.get("sha256", hashlib.sha256(data).hexdigest())
        photo.data = data
        return 0 if self.first("cut", photo.told["name"]) else 200

    def job(self, identifier, handle, tag, address):
        photo = self.photos.get(identifier)
        if photo is None or photo.handle != handle:
            return problem(404, "Not Found", "There is nothing here for you.")
        if not photo.data:
            return 200, self._described(photo, identifier, "awaiting_upload", 0, address), '"0"'
        name, seen = photo.told["name"], photo.looks
        last = 1 if name.startswith("wait") else len(STEPS)
        if tag == f'"{seen}"' and (seen == last + 1 or self.first("full", name)):
            return 304, None, tag
        photo.looks = min(photo.looks + 1, last + 1)
        state = "claimed"
        if name.startswith("wait"):
            state = "awaiting_approval"
        elif photo.looks == last + 1:
            state = {"broken": "rejected", "failed": "failed"}.get(re.match("[a-z]*", name)[0], "succeeded")
            self.now -= 1
        done = min(photo.looks, last) if state != "rejected" else 0
        return 200, self._described(photo, identifier, state, done, address), f'"{photo.looks}"'

    def _described(self, photo, identifier, state, done, address):
        ended = state in ("succeeded", "rejected", "failed")
        sentences = {
            "rejected": ("DamagedPhoto", "The photo is damaged."),
            "failed": ("JobFailed", "The photo could not be processed."),
        }
        steps = [{"name": name, "state": "done" if at < done else "waiting"} for at, name in enumerate(STEPS)]
        result = {
            "url": f"{address}/store/{identifier}.jpg",
            "width": 80,
            "height": 60,
            "bytes": 900,
            "type": "image/jpeg",
        }
        manifest = {
            **result,
            "url": f"{address}/store/manifest.json",
            "width": 0,
            "height": 0,
            "type": "application/json",
        }
        described = {
            "id": identifier,
            "name": photo.told["name"],
            "state": state,
            "ended": ended,
            "steps": steps if state not in ("awaiting_upload",) else [],
            "flags": [],
            "times": {
                "created": PAST,
                "expires": FUTURE,
                "uploaded": PAST,
                "updated": "2020-01-01T00:00:02.5Z",
            },
            "results": [{"name": "display.jpg", **result}, {"name": "manifest.json", **manifest}]
            if state == "succeeded"
            else [],
            "problem": dict(zip(("name", "message"), sentences[state], strict=True))
            if state in sentences
            else None,
        }
        return conforms("Job", described)


def problem(status, title, detail):
    """Return a refusal."""
    return (
        status,
        conforms("Problem", {"type": "about:blank", "title": title, "status": status, "detail": detail}),
        "",
    )


def picture():
    """Return the bytes of a result."""
    file = BytesIO()
    Image.linear_gradient("L").resize((80, 60)).save(file, "JPEG")
    return file.getvalue()


def fake_server(door):
    """Return a server of the front door on a free port; the caller starts it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        @property
        def address(self):
            return f"http://127.0.0.1:{self.server.server_address[1]}"

        def answer(self, status, body=b"", kind="application/json", tag=""):
            self.send_response(status)
            if self.headers.get("Origin") == door.origin:
                self.send_header("Access-Control-Allow-Origin", door.origin)
                self.send_header("Access-Control-Expose-Headers", "etag, retry-after")
            if status == 304:
                self.send_header("Retry-After", "1")
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), "ETag": tag}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def told(self, status, body, tag):
            kind = "application/json" if status < 400 else "application/problem+json"
            self.answer(status, b"" if body is None else json.dumps(body).encode(), kind, tag)

        def body(self):
            return self.rfile.read(int(self.headers["Content-Length"]))

        def do_OPTIONS(self):
            self.send_response(204)
            if self.headers.get("Origin") == door.origin:
                allowed = {
                    "Origin": door.origin,
                    "Methods": "GET, POST, PUT",
                    "Headers": "content-type, if-none-match, twinlens-handle",
                }
                for name, value in allowed.items():
                    self.send_header(f"Access-Control-Allow-{name}", value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self):
            with door.lock:
                self.told(*door.ask(json.loads(self.body()), self.address))

        def do_PUT(self):
            data = self.body()
            with door.lock:
                status = door.put(self.path.rpartition("/")[2], self.headers, data)
            if status:
                self.answer(status)
            else:
                self.close_connection = True

        def do_GET(self):
            asked = urlsplit(self.path)
            if asked.path.startswith("/store/"):
                self.answer(200, picture(), "image/jpeg")
                return
            assert int(parse_qs(asked.query)["wait"][0]) <= 20
            with door.lock:
                identifier = asked.path.removeprefix("/jobs/")
                handle, tag = self.headers.get("Twinlens-Handle", ""), self.headers.get("If-None-Match", "")
                self.told(*door.job(identifier, handle, tag, self.address))

        def log_message(self, *_):
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)

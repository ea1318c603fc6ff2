"""A front door in memory, with a clock that runs while somebody waits; answers are held to the document."""

import json
import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest

from core.front_door.door import DOCUMENT, FrontDoor
from core.front_door.ports import Request, SignedUpload
from core.job import Artifact, Job, Problem, Source, job_id
from core.memory import MemoryLedger
from core.trace import TraceEntry

STEPS = ("validate", "resize", "optimize")
MAX_BYTES = 1000
OPENAPI = json.loads(DOCUMENT.read_text())


def operation(method, path):
    """What the document says of a request, or None if it has no such operation."""
    for template, operations in OPENAPI["paths"].items():
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path):
            return operations.get(method.lower())
    return None


def hold(method, path, answer):
    """Hold an answer to the document."""
    asked = operation(method, path)
    if asked is None:
        assert answer.status == 404
        return
    told = asked["responses"][str(int(answer.status))]
    if "$ref" in told:
        told = OPENAPI["components"]["responses"][told["$ref"].rpartition("/")[2]]
    assert set(told.get("headers", ())) <= set(answer.headers)
    if "content" not in told:
        assert answer.body == ""
        return
    [(kind, content)] = told["content"].items()
    assert answer.headers["Content-Type"] == kind
    schema = {**content["schema"], "components": OPENAPI["components"]}
    jsonschema.validate(json.loads(answer.body), schema, jsonschema.Draft202012Validator)


class Cloud:
    """All ports at once."""

    def __init__(self):
        self.moment = datetime(2026, 11, 1, 12, tzinfo=UTC)
        self.kept, self.objects, self.told = {}, {}, ()
        self.places, self.waiting = 1, 0
        self.signed = []
        self.ledger = MemoryLedger()
        self.during = lambda: None
        self.door = FrontDoor(
            self, self, self.ledger, self, self, self, "gallery", MAX_BYTES, "incoming/", STEPS,
            clock=lambda: self.moment, sleep=self.sleep,
        )  # fmt: skip

    def add(self, ticket):
        self.kept[ticket.id] = ticket

    def get(self, ticket):
        return self.kept.get(ticket)

    def found(self, ticket, job):
        self.kept[ticket.id] = replace(ticket, job=job)

    def find(self, key):
        return self.objects.get(key)

    def upload(self, key, size, content_type, sha256, expires):
        self.signed.append((key, size, content_type, sha256, expires))
        return SignedUpload(f"https://store/{key}?signature=s", {"Content-Type": content_type})

    def result(self, key):
        return f"https://store/{key}?signature={self.moment.timestamp()}"

    def done(self, execution):
        return self.told

    @contextmanager
    def taken(self):
        free = self.waiting < self.places
        self.waiting += free
        yield free
        self.waiting -= free

    def sleep(self, seconds):
        assert self.waiting == 1
        self.moment += timedelta(seconds=seconds)
        self.during()

    def ask(self, user="", **changed):
        body = {"name": "a.jpg", "bytes": 7, "type": "image/jpeg", **changed}
        return self.send("POST", "/uploads", json.dumps(body).encode(), user=user)

    def send(self, method, path, body=b"", query=None, headers=None, user=""):
        answer = self.door.answer(Request(method, path, query or {}, headers or {}, body, user))
        hold(method, path, answer)
        return answer

    def look(self, upload, wait="0", tag="", user="", **changed):
        headers = {"twinlens-handle": upload["handle"], "if-none-match": tag, **changed}
        return self.send("GET", f"/jobs/{upload['id']}", query={"wait": wait}, headers=headers, user=user)

    def put(self, upload, etag="e"):
        key = self.kept[upload["id"]].key
        self.objects[key] = Source("input", key, etag, 7)

    def job(self, upload, **changed):
        source = self.objects[self.kept[upload["id"]].key]
        identifier = job_id(source.container, source.key, source.etag, "gallery")
        moment = "2026-11-01T12:00:01.000Z"
        return Job(identifier, "gallery", source, "execution", moment, moment, **changed)

    def end(self, upload, state="succeeded", **changed):
        job = self.job(upload)
        self.ledger.claim(job)
        moment = "2026-11-01T12:00:02.000Z"
        trace = tuple(
            TraceEntry(name, 1, moment, moment, False, "i", 1024, 1.0, 1.0, 1.0, 1, 1) for name in STEPS
        )
        made = (Artifact("small.jpg", f"jobs/{job.id}/small.jpg", "image/jpeg", 4, 3, 99),)
        ended = {"trace": trace, "artifacts": made if state == "succeeded" else (), **changed}
        self.ledger.record(replace(job, state=state, **ended))


@pytest.fixture
def cloud():
    return Cloud()


@pytest.fixture
def rejected():
    return Problem("NotAPhoto", "The file is not an image.")

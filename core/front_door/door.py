"""The front door: requests in, answers out, the same on both clouds."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from core.deployment.limits import UPLOAD_SECONDS
from core.errors import StoreUnavailable
from core.front_door import jobs, wanted
from core.front_door.ports import (
    Places,
    Progress,
    Request,
    Response,
    Signer,
    Ticket,
    Tickets,
    Uploads,
)
from core.front_door.problems import COMMON, Problem, not_found
from core.job import job_id
from core.ledger import OPEN, Ledger
from core.store.declared import key_of
from core.trace import stamp

DOCUMENT = Path(__file__).with_name("openapi.json")
HANDLE = "twinlens-handle"  # the header with the handle
HANDLE_BYTES = 32
WAIT_SECONDS = 20
# A gateway says so on AWS, where it replaces this; App Service has no setting for it.
SHOWN = {"Access-Control-Expose-Headers": "ETag, Retry-After"}
LOOK_SECONDS = 1.0  # between looks while somebody waits
# When to ask again, for whoever found no place to wait: after a quarter of the upload's age.
PAUSE_SHARE, LONGEST_PAUSE = 4, 30
JOB = re.compile(r"/jobs/(?P<id>[0-9a-f]{64})")


@dataclass(frozen=True)
class FrontDoor:
    """The front door of one stack; ``steps`` are those of its workflow."""

    tickets: Tickets
    uploads: Uploads
    ledger: Ledger
    signer: Signer
    progress: Progress
    places: Places
    recipe: str
    max_bytes: int
    prefix: str
    steps: tuple[str, ...]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep

    def answer(self, request: Request) -> Response:
        """Answer a request."""
        try:
            return self._route(request)
        except Problem as problem:
            return problem.response()
        except StoreUnavailable:
            busy = Problem(HTTPStatus.SERVICE_UNAVAILABLE, "The service is busy: try again in a moment.")
            return busy.response()

    def _route(self, request: Request) -> Response:
        match request.method, request.path:
            case "POST", "/uploads":
                return self._upload(request)
            case "GET", "/health":
                return _json(HTTPStatus.OK, {"status": "ok"})
            case "GET", "/openapi.json":
                return Response(HTTPStatus.OK, _headers(), DOCUMENT.read_text(encoding="utf-8"))
            case "GET", path if found := JOB.fullmatch(path):
                return self._job(found["id"], request)
        raise not_found()

    def _upload(self, request: Request) -> Response:
        upload = wanted.read(request.body, self.max_bytes)
        handle = secrets.token_urlsafe(HANDLE_BYTES)
        identifier, moment = digest(handle), self.clock()
        expires = moment + timedelta(seconds=UPLOAD_SECONDS)
        ticket = Ticket(
            identifier,
            upload.name,
            key_of(self.prefix, identifier, upload.size, upload.suffix),
            stamp(moment),
            stamp(expires),
            owner=_owner(request),
        )
        signed = self.signer.upload(ticket.key, upload.size, upload.content_type, upload.sha256, expires)
        self.tickets.add(ticket)
        answer = {
            "id": identifier,
            "handle": handle,
            "expires": ticket.expires,
            "upload": {"method": "PUT", "url": signed.url, "headers": dict(signed.headers)},
        }
        return _json(HTTPStatus.CREATED, answer)

    def _job(self, identifier: str, request: Request) -> Response:
        seconds = _seconds(request.query.get("wait", "0"))
        # Before the table is asked: whoever does not hold the handle learns nothing, not even from the time.
        if not hmac.compare_digest(digest(request.headers.get(HANDLE, "")), identifier):
            raise not_found()
        ticket = self.tickets.get(identifier)
        if ticket is None or not hmac.compare_digest(ticket.owner, _owner(request)):
            raise not_found()
        known = request.headers.get("if-none-match", "")
        ticket, job, tag = self._look(ticket)
        waited = False
        # Nobody waits for free: an upload that has not come costs its uploader nothing.
        if tag == known and seconds and not job["ended"] and job["state"] != jobs.AWAITING_UPLOAD:
            until = self.clock() + timedelta(seconds=seconds)
            with self.places.taken() as waited:
                while waited and tag == known and self.clock() < until:
                    self.sleep(LOOK_SECONDS)
                    ticket, job, tag = self._look(ticket)
        if tag != known:
            return _json(HTTPStatus.OK, jobs.signed(job, self.signer), **SHOWN, ETag=tag)
        again = {} if waited or job["ended"] else {"Retry-After": str(self._pause(ticket))}
        return Response(HTTPStatus.NOT_MODIFIED, {**COMMON, **SHOWN, **again, "ETag": tag})

    def _pause(self, ticket: Ticket) -> int:
        age = (self.clock() - datetime.fromisoformat(ticket.created)).total_seconds()
        return max(1, min(LONGEST_PAUSE, int(age / PAUSE_SHARE)))

    def _look(self, ticket: Ticket) -> tuple[Ticket, dict[str, Any], str]:
        moment = self.clock()
        ticket, job = self._described(ticket, moment)
        return ticket, job, jobs.etag(job, moment)

    def _described(self, ticket: Ticket, moment: datetime) -> tuple[Ticket, dict[str, Any]]:
        """Return the ticket, with its job as soon as the upload has come, and the description of the job."""
        if not ticket.job:
            source = self.uploads.find(ticket.key)
            if source is None:
                return ticket, jobs.of_upload(ticket, moment, came=False)
            ticket = replace(ticket, job=job_id(source.container, source.key, source.etag, self.recipe))
            self.tickets.found(ticket, ticket.job)
        row = self.ledger.get(ticket.job)
        if row is None:
            return ticket, jobs.of_upload(ticket, moment, came=True)
        execution = str(row.document.get("execution", ""))
        done = self.progress.done(execution) if row.state in OPEN and execution else ()
        return ticket, jobs.of_row(ticket, row, self.steps, done)


def digest(handle: str) -> str:
    """Return the id of the upload with this handle."""
    return hashlib.sha256(handle.encode("utf-8", "surrogatepass")).hexdigest()


def _owner(request: Request) -> str:
    return digest(request.user) if request.user else ""


def _seconds(text: str) -> int:
    if not re.fullmatch(r"\d{1,2}", text, re.ASCII) or int(text) > WAIT_SECONDS:
        raise Problem(HTTPStatus.BAD_REQUEST, f"wait must be a whole number up to {WAIT_SECONDS}.")
    return int(text)


def _headers() -> dict[str, str]:
    return {**COMMON, "Content-Type": "application/json"}


def _json(status: HTTPStatus, body: dict[str, Any], **headers: str) -> Response:
    return Response(status, {**_headers(), **headers}, json.dumps(body))

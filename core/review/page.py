"""The page on which a person decides about a photo: requests in, answers out, whatever serves it.

The link to it is a secret, of which the ledger has the hash. GET shows the photo and POST decides, because
mail scanners follow links. Nothing on the page is a script.
"""

from __future__ import annotations

import base64
import hmac
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from html import escape
from typing import get_args
from urllib.parse import parse_qs

from core.errors import StoreError, TwinlensError, message_of
from core.job import Job
from core.ledger import AWAITING, Decision, Ledger, LedgerRow
from core.review.decisions import (
    REASON_CHARACTERS,
    REFUSED,
    NotDecided,
    NotWoken,
    Wake,
    decide,
    digest,
    kept,
    why_not,
)
from core.review.flags import FLAGS
from core.trace import stamp
from core.visible import visible

MAX_BODY_BYTES = 16 * 1024  # a reason of the longest kind, each character as four encoded bytes, and room
_FIELDS = 8  # of a form; ours has four
_JOB = re.compile(r"[0-9a-f]{32}")
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 random bytes: see core.review.decisions.ask
_STYLE = (
    ":root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}"
    "body{max-width:44rem;margin:0 auto;padding:1rem}"
    "h1{font-size:1.4rem}img{max-width:100%;height:auto;border-radius:.4rem}"
    "dt{font-weight:600}dd{margin:0 0 .5rem;overflow-wrap:anywhere}"
    "label{display:block;margin-top:1rem}textarea{width:100%;box-sizing:border-box;font:inherit}"
    "button{font:inherit;padding:.6rem 1.2rem;margin:1rem 1rem 0 0;min-width:8rem}"
)
_POLICY = (
    "default-src 'none'; img-src data:; "
    f"style-src 'sha256-{base64.b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",  # "no-referrer" would also take the form's Origin
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
NOT_VALID = "This link is not valid. Links work until somebody has decided about the photo."

Picture = Callable[[Job], bytes]


@dataclass(frozen=True)
class Request:
    """A request as any server has it; ``query`` without its question mark."""

    method: str
    query: str = ""
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What to answer: the status, the headers and an HTML document."""

    status: int
    html: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """The page of one stack.

    ``wake`` tells a job's workflow of a decision; ``picture`` returns a small JPEG of a job's upload.
    """

    ledger: Ledger
    wake: Wake
    picture: Picture

    def answer(self, request: Request, moment: datetime) -> Answer:
        """Show the photo that a link is about, or take its form's decision, at ``moment`` (UTC)."""
        try:
            match request.method:
                case "GET" | "HEAD":
                    return self._show(_fields(request.query), moment)
                case "POST" if len(request.body) > MAX_BODY_BYTES:
                    return _told(413, f"The form has more than {MAX_BODY_BYTES:,} bytes.")
                case "POST":
                    return self._decide(_fields(request.body.decode("ascii", "replace")), moment)
            return _told(405, "This page answers GET and POST only.", {"Allow": "GET, HEAD, POST"})
        except StoreError:
            logging.exception("The review page could not reach a store.")
            return _told(503, "The job can't be read at the moment. Try again in a minute.")

    def _show(self, fields: Mapping[str, str], moment: datetime) -> Answer:
        row = self._row(fields)
        if row is None:
            return _told(404, NOT_VALID)
        if row.state != AWAITING or row.decision:
            return _told(410, why_not(row))
        job = Job.from_document(row.document)
        if job.review is not None and stamp(moment) >= job.review.deadline:
            return _told(410, f"The time to decide about the job {row.id} ended at {job.review.deadline}.")
        return _page(200, "Approve this photo?", _form(job, fields["key"], self._preview(job)))

    def _decide(self, fields: Mapping[str, str], moment: datetime) -> Answer:
        row = self._row(fields)
        if row is None:
            return _told(404, NOT_VALID)
        [decision] = [each for each in get_args(Decision) if each == fields.get("decision")] or [None]
        if decision is None:
            return _told(400, "The form names no decision: use one of its two buttons.")
        reason = kept(fields.get("reason", ""))
        if len(reason) > REASON_CHARACTERS:
            return _told(400, f"The reason is too long: at most {REASON_CHARACTERS} characters are kept.")
        try:
            decide(self.ledger, self.wake, row.id, decision, reason, moment)
        except NotDecided as error:
            return _told(409, str(error))
        except NotWoken as error:
            logging.warning("%s", error)
            return _told(202, f"The photo is {decision}. Its job goes on as soon as it hears of that.")
        onward = "ends without outputs" if decision == REFUSED else "goes on"
        return _told(200, f"The photo is {decision}. Its job {onward}.")

    def _row(self, fields: Mapping[str, str]) -> LedgerRow | None:
        """Return the row of the link's job; all that is wrong with a link looks the same from outside."""
        job, key = fields.get("job", ""), fields.get("key", "")
        row = self.ledger.get(job) if _JOB.fullmatch(job) and _KEY.fullmatch(key) else None
        return row if row and hmac.compare_digest(digest(key), row.link_hash) else None

    def _preview(self, job: Job) -> str:
        try:
            data = base64.b64encode(self.picture(job)).decode()
        except TwinlensError as error:
            return f"<p>The photo can't be shown: {_text(message_of(error))}</p>"
        return f'<img src="data:image/jpeg;base64,{data}" alt="The photo to decide about">'


def _fields(text: str) -> Mapping[str, str]:
    """Return the fields that come once; none of a form that is not like ours."""
    try:
        found = parse_qs(text, keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def _form(job: Job, key: str, preview: str) -> str:
    photo, flags = job.photo, [FLAGS.get(each, each) for each in job.flags]
    facts = {
        "Upload": job.source.key,
        "Size": f"{photo.width:,} x {photo.height:,} pixels, {photo.format}" if photo else "",
        "Why it is reviewed": "; ".join(flags),
        "Decide until": job.review.deadline if job.review else "",
    }
    listed = "".join(f"<dt>{name}</dt><dd>{_text(value)}</dd>" for name, value in facts.items() if value)
    return (
        f"{preview}<dl>{listed}</dl>"
        '<form method="post" action="?">'
        f'<input type="hidden" name="job" value="{_text(job.id)}">'
        f'<input type="hidden" name="key" value="{_text(key)}">'
        '<label for="reason">Reason (optional; it is kept with the job)</label>'
        f'<textarea id="reason" name="reason" rows="3" maxlength="{REASON_CHARACTERS}"></textarea>'
        '<button name="decision" value="approved">Approve</button>'
        '<button name="decision" value="refused">Refuse</button></form>'
    )


def _told(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Answer:
    return _page(status, "Review of a photo", f"<p>{_text(sentence)}</p>", headers)


def _page(status: int, title: str, content: str, headers: Mapping[str, str] | None = None) -> Answer:
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{title}</h1>{content}</main></body></html>"
    )
    return Answer(status, html, {**HEADERS, **(headers or {})})


def _text(text: str) -> str:
    """Return text as HTML that can do nothing, with hidden characters visible."""
    return escape(visible(text))

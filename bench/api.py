"""Send photos through a stack's front door, and follow their jobs there."""

from __future__ import annotations

import mimetypes
import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from core.errors import SetupError
from core.store.declared import TYPES
from core.visible import visible

TIMEOUT_SECONDS = 60
WAIT_SECONDS = 20  # how long the API is asked to wait for a change
FOLLOWERS = 16  # jobs that are asked about at once
BUSY = (429, 503)
ATTEMPTS = 12  # at a request that is throttled
LONGEST_PAUSE = 16  # seconds between two of them


class ApiError(SetupError):
    """The API refused a request, or did not answer."""


@dataclass(frozen=True)
class Sent:
    """An upload that was sent; the handle is the key to its job.

    ``etag`` is the store's, without quotes. ``calls_ms`` are how long the calls for it took so far.
    """

    id: str
    name: str
    handle: str = field(repr=False)
    etag: str = ""
    calls_ms: list[float] = field(default_factory=list, repr=False, compare=False)


class Api:
    """The front door at an address; ``token`` is that of whoever signed in, if it asks for one."""

    def __init__(self, url: str, token: str = "", sleep: Callable[[float], None] = time.sleep) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SetupError(f"--via-api is {visible(url)!r}; give an address, such as the output apiUrl.")
        self._url = url.rstrip("/")
        self._sleep = sleep
        self._own = {"Authorization": f"Bearer {token}"} if token else {}

    def send(self, photo: Path, name: str) -> Sent:
        """Ask for an upload, and send the photo.

        Raises:
            ApiError: It was refused; the message has the API's reason.
        """
        data = photo.read_bytes()
        suffix = photo.suffix.lower()
        kind = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        calls_ms: list[float] = []
        wanted = {"name": name, "bytes": len(data), "type": kind}
        answer = self._ask("POST", "/uploads", calls_ms, json=wanted)
        if answer.status_code != requests.codes.created:
            raise ApiError(f"{visible(name)} was refused: {_reason(answer)}")
        told = answer.json()
        upload = told["upload"]
        taken = self._request(upload["method"], upload["url"], data=data, headers=upload["headers"])
        if not taken.ok:
            raise ApiError(f"{visible(name)} was not taken: the store answered {taken.status_code}.")
        return Sent(told["id"], name, told["handle"], taken.headers.get("ETag", "").strip('"'), calls_ms)

    def follow(
        self, uploads: Sequence[Sent], timeout: float, ended: Callable[[Sent], object]
    ) -> dict[Sent, dict[str, Any]]:
        """Follow the jobs until all have ended or ``timeout`` seconds have passed; return those that ended.

        Raises:
            ApiError: The API does not know a job, or does not answer.
        """
        deadline = time.monotonic() + timeout

        def one(upload: Sent) -> dict[str, Any] | None:
            tag = ""
            while time.monotonic() < deadline:
                seconds = max(0, min(WAIT_SECONDS, int(deadline - time.monotonic())))
                headers = {"Twinlens-Handle": upload.handle, "If-None-Match": tag}
                address = f"/jobs/{upload.id}?wait={seconds}"
                answer = self._ask("GET", address, upload.calls_ms, headers=headers)
                if answer.status_code == requests.codes.not_modified:
                    self._sleep(int(answer.headers.get("Retry-After", 0)))
                    continue
                if not answer.ok:
                    raise ApiError(f"The job of {visible(upload.name)} is not told: {_reason(answer)}")
                job: dict[str, Any] = answer.json()
                if job["ended"]:
                    ended(upload)
                    return job
                tag = answer.headers["ETag"]
            return None

        with ThreadPoolExecutor(FOLLOWERS) as pool:
            found = pool.map(one, uploads)
            return {upload: job for upload, job in zip(uploads, found, strict=True) if job}

    def _ask(
        self,
        method: str,
        path: str,
        calls_ms: list[float],
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> requests.Response:
        """Send a request to the API; one that is throttled is sent again, later each time.

        Appends to ``calls_ms`` how long each took that was let in.
        """
        for attempt in range(ATTEMPTS):
            began = time.monotonic()
            answer = self._request(
                method, f"{self._url}{path}", headers={**self._own, **(headers or {})}, **more
            )
            if answer.status_code not in BUSY:
                calls_ms.append((time.monotonic() - began) * 1000)
                break
            # Not all at once: throttled together, they would be throttled together again.
            self._sleep(random.uniform(0.5, 1) * min(LONGEST_PAUSE, 2**attempt))  # noqa: S311
        return answer

    def _request(self, method: str, url: str, **more: Any) -> requests.Response:
        try:
            return requests.request(method, url, timeout=TIMEOUT_SECONDS, allow_redirects=False, **more)
        except requests.RequestException:
            # Its message would have the address, which may be signed.
            raise ApiError(f"{urlsplit(url).netloc} does not answer.") from None


def _reason(answer: requests.Response) -> str:
    try:
        told = answer.json()
        return visible(str(told.get("detail") or told["message"]))
    except (ValueError, KeyError, AttributeError):
        return f"the status is {answer.status_code}."

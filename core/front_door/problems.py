"""Refusals, as RFC 9457 writes them."""

from __future__ import annotations

import json
from http import HTTPStatus

from core.errors import TwinlensError
from core.front_door.ports import Response

# No answer is kept by a cache, or taken for another type than it says.
COMMON = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Problem(TwinlensError):
    """A refusal with its status and a sentence for whoever asked."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status

    def response(self) -> Response:
        """Return the answer."""
        told = {"title": self.status.phrase, "status": self.status, "detail": str(self)}
        headers = {**COMMON, "Content-Type": "application/problem+json"}
        return Response(self.status, headers, json.dumps({"type": "about:blank", **told}))


def not_found() -> Problem:
    """Return the one answer to whoever asks for what is not there, or not theirs."""
    return Problem(HTTPStatus.NOT_FOUND, "There is nothing here for you.")

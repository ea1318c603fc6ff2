"""Faults on request between the storage clients and Azure: see :mod:`core.chaos`."""

from __future__ import annotations

import os
from io import BytesIO
from typing import Any

import requests
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import HTTPAdapter

from core import chaos
from core.workflow.environment import CHAOS


class UnsettledAdapter(HTTPAdapter):
    """The usual way to a server, with faults."""

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        """Send the request, unless a fault hits it."""
        match chaos.strike():
            case "throttle":
                busy = requests.Response()
                busy.status_code, busy.raw, busy.request = 503, BytesIO(), request
                return busy
            case "error":
                raise requests.ConnectionError("The connection broke, on request.")
            case "lost":
                super().send(request, *arguments, **options).close()
                raise requests.ReadTimeout("The answer was lost, on request.")
        return super().send(request, *arguments, **options)


def transport() -> dict[str, Any]:
    """Return what a client is made with so that faults hit its requests, if this deployment asks for any."""
    if not os.environ.get(CHAOS):
        return {}
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, UnsettledAdapter())
    return {"transport": RequestsTransport(session=session)}

"""Inject faults between the storage clients and Azure: see :mod:`core.chaos`."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import requests
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import HTTPAdapter

from core import chaos


class UnsettledAdapter(HTTPAdapter):
    """The default transport, with injected faults."""

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        """Send the request, unless a fault hits it."""
        match chaos.strike():
            case "throttle":
                busy = requests.Response()
                busy.status_code, busy.raw, busy.request = 503, BytesIO(), request
                return busy
            case "error":
                raise requests.ConnectionError("The connection broke (injected fault).")
            case "lost":
                super().send(request, *arguments, **options).close()
                raise requests.ReadTimeout("The answer was lost (injected fault).")
        return super().send(request, *arguments, **options)


def transport() -> RequestsTransport:
    """Return a transport that injects faults into a client's requests."""
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, UnsettledAdapter())
    return RequestsTransport(session=session)

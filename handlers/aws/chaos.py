"""Inject faults between botocore and AWS: see :mod:`core.chaos`."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.client import BaseClient
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.httpsession import URLLib3Session

from core import chaos

BUSY = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"


class _Body(BytesIO):
    def stream(self) -> Iterator[bytes]:
        yield self.read()


def unsettle(client: BaseClient) -> None:
    """Inject faults into the client's requests."""
    client.meta.events.register("before-send", _strike)


def _strike(request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
    """Answer instead of the service, fail, or leave the request to botocore."""
    match chaos.strike():
        case "throttle":
            return AWSResponse(request.url, 503, HeadersDict(), _Body(BUSY))
        case "error":
            raise ConnectionClosedError(endpoint_url=request.url)
        case "lost":
            URLLib3Session().send(request)
            raise ReadTimeoutError(endpoint_url=request.url)
    return None

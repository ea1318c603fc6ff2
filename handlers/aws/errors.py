"""Interpret botocore's errors for :mod:`core.store.errors`."""

from __future__ import annotations

from contextlib import AbstractContextManager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
)

from core.store import errors as store_errors
from core.store.errors import Failure, Kind

LOST = (ConnectionError, HTTPClientError, IncompleteReadError)
CODES = {
    **dict.fromkeys(("NoSuchKey", "404"), Kind.MISSING),
    # These can be retried but have a status below 500.
    **dict.fromkeys(
        (
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestTimeout",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
        ),
        Kind.BUSY,
    ),
}


def translated(what: str) -> AbstractContextManager[None]:
    """Translate botocore's errors to those of Twinlens: see :func:`core.store.errors.translated`."""
    return store_errors.translated("AWS", what, (ClientError, BotoCoreError), _read)


def _read(error: ClientError | BotoCoreError) -> Failure:
    if isinstance(error, BotoCoreError):
        return Failure(Kind.LOST if isinstance(error, LOST) else Kind.UNSENT, str(error))
    code = error.response["Error"].get("Code", "")
    status = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
    return Failure(CODES.get(code, Kind.REFUSED), str(error), status)

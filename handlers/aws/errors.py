"""What an AWS call can end in, in Twinlens' words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
)

from core.errors import ObjectMissing, StoreError, StoreUnavailable

MISSING = frozenset({"NoSuchKey", "404"})
# Codes that ask for a later try but come with a status below 500.
BUSY = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
LOST = (ConnectionError, HTTPClientError, IncompleteReadError)


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Raise the SDK's errors as Twinlens', with a sentence about ``what`` ("object 'a.jpg'").

    Raises:
        ObjectMissing: There is nothing of that name.
        StoreUnavailable: Throttled, timed out, 5xx or no connection; the SDK's own tries are spent.
        StoreError: Refused for any other reason.
    """
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        # Its traceback and this generator would hold each other, and the photo, until the collector comes by.
        error.__traceback__ = None
        raise _translation(error, what) from error


def _translation(error: ClientError | BotoCoreError, what: str) -> StoreError:
    if isinstance(error, LOST):
        return StoreUnavailable(f"The connection to AWS broke over {what}: {error}")
    if isinstance(error, BotoCoreError):
        return StoreError(f"AWS could not be asked for {what}: {error}")
    code = error.response["Error"].get("Code", "")
    status = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
    if code in MISSING:
        return ObjectMissing(f"There is no {what}.")
    if status == 403:
        # S3 tells a caller who may not list the bucket no more than this of an object that has gone.
        return StoreError(f"AWS denies {what}: it is not there, or this role may not touch it ({code}).")
    if code in BUSY or status in (408, 429) or status >= 500:
        return StoreUnavailable(f"AWS could not serve {what} just now: {code}.")
    return StoreError(f"AWS refused {what}: {error}")

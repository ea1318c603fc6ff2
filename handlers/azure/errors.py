"""What an Azure storage call can end in, in Twinlens' words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    IncompleteReadError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)

from core.errors import ObjectMissing, StoreError, StoreUnavailable


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
    except AzureError as error:
        # Its traceback and this generator would hold each other, and the photo, until the collector comes by.
        error.__traceback__ = None
        raise _translation(error, what) from error


def _translation(error: AzureError, what: str) -> StoreError:
    match error:
        case ResourceNotFoundError():
            return ObjectMissing(f"There is no {what}.")
        case ServiceRequestError() | ServiceResponseError() | IncompleteReadError():
            return StoreUnavailable(f"The connection to Azure broke over {what}: {error}")
        case ClientAuthenticationError(response=None):
            return StoreError(
                f"Azure knows nobody who is signed in here, so {what} is out of reach: `az login`."
            )
        case HttpResponseError():
            status = error.status_code or 0
            if status in (408, 429) or status >= 500:
                return StoreUnavailable(f"Azure could not serve {what} just now: status {status}.")
            return StoreError(f"Azure refused {what}: {error.message}")
    return StoreError(f"Azure could not be asked for {what}: {error}")

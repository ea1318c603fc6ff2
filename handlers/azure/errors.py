"""What an Azure storage call can end in, in Twinlens' words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    IncompleteReadError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)

from core.errors import ObjectMissing, StoreError, StoreUnavailable

LOST = (ServiceRequestError, ServiceResponseError, IncompleteReadError)


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
    except ResourceNotFoundError as error:
        raise ObjectMissing(f"There is no {what}.") from error
    except LOST as error:
        raise StoreUnavailable(f"The connection to Azure broke over {what}: {error}") from error
    except HttpResponseError as error:
        status = error.status_code or 0
        if status in (408, 429) or status >= 500:
            raise StoreUnavailable(f"Azure could not serve {what} just now: status {status}.") from error
        raise StoreError(f"Azure refused {what}: {error.message}") from error
    except AzureError as error:
        raise StoreError(f"Azure could not be asked for {what}: {error}") from error

"""Interpret the Azure SDK's errors for :mod:`core.store.errors`."""

from __future__ import annotations

from contextlib import AbstractContextManager

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    IncompleteReadError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)

from core.store import errors as store_errors
from core.store.errors import Failure, Kind


def translated(what: str) -> AbstractContextManager[None]:
    """Translate the SDK's errors to those of Twinlens: see :func:`core.store.errors.translated`."""
    return store_errors.translated("Azure", what, (AzureError,), _read)


def _read(error: AzureError) -> Failure:
    match error:
        case ResourceNotFoundError():
            return Failure(Kind.MISSING, error.message)
        case ServiceRequestError() | ServiceResponseError() | IncompleteReadError():
            return Failure(Kind.LOST, str(error))
        case ClientAuthenticationError(response=None):
            return Failure(Kind.UNSENT, "nobody is signed in here; `az login` signs you in.")
        case HttpResponseError():
            return Failure(Kind.REFUSED, error.message, error.status_code or 0)
    return Failure(Kind.UNSENT, str(error))

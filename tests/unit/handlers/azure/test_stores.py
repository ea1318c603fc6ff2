"""Refusals of the object store become errors of the core."""

import pytest
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)

from core.errors import ObjectMissing, StoreError, StoreUnavailable
from handlers.azure.errors import translated


def refusal(status):
    error = HttpResponseError(message="no")
    error.status_code = status
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (refusal(503), StoreUnavailable),
        (refusal(500), StoreUnavailable),
        (refusal(429), StoreUnavailable),
        (refusal(408), StoreUnavailable),
        (ServiceRequestError("no route"), StoreUnavailable),
        (ServiceResponseError("timed out"), StoreUnavailable),
        (ResourceNotFoundError("no blob"), ObjectMissing),
        (refusal(403), StoreError),
        (refusal(None), StoreError),
        (ClientAuthenticationError("no identity"), StoreError),
        (AzureError("odd"), StoreError),
    ],
)
def test_refusals_become_the_errors_that_say_what_to_do(error, expected):
    with pytest.raises(expected) as raised, translated("object 'a.jpg'"):
        raise error
    assert type(raised.value) is expected

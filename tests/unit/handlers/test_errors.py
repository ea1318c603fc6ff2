"""What holds for the translation of either SDK's errors."""

import gc
import weakref
from contextlib import suppress

import pytest
from azure.core.exceptions import ServiceRequestError
from botocore.exceptions import EndpointConnectionError

from core.errors import StoreUnavailable
from handlers.aws.errors import translated as from_aws
from handlers.azure.errors import translated as from_azure


class Photo:
    """Something large that a step holds while it talks to a store."""


@pytest.mark.parametrize(
    ("translated", "error"),
    [
        (from_aws, lambda: EndpointConnectionError(endpoint_url="http://s3")),
        (from_azure, lambda: ServiceRequestError("gone")),
    ],
    ids=["aws", "azure"],
)
def test_an_error_that_was_dealt_with_holds_nothing(translated, error):
    held = []

    def step():
        photo = Photo()
        held.append(weakref.ref(photo))
        with translated("object"):
            raise error()

    gc.disable()
    try:
        with suppress(StoreUnavailable):
            step()
        assert held[0]() is None, "only the collector would free it"
    finally:
        gc.enable()

"""Refusals of the object store become errors of the core."""

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from core.errors import ObjectMissing, StoreError, StoreUnavailable
from handlers.aws.errors import translated


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("SlowDown", 503, StoreUnavailable),
        ("InternalError", 500, StoreUnavailable),
        ("RequestTimeout", 400, StoreUnavailable),
        ("ProvisionedThroughputExceededException", 400, StoreUnavailable),
        ("TooManyRequests", 429, StoreUnavailable),
        ("404", 404, ObjectMissing),
        ("AccessDenied", 403, StoreError),
    ],
)
def test_refusals_become_the_errors_that_say_what_to_do(code, status, expected):
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}

    with pytest.raises(expected) as raised, translated("object 'a.jpg'"):
        raise ClientError(answer, "GetObject")
    assert type(raised.value) is expected


def test_a_call_that_could_not_be_made_is_no_reason_to_try_again():
    with pytest.raises(StoreError) as raised, translated("object 'a.jpg'"):
        raise NoCredentialsError
    assert not raised.value.retryable

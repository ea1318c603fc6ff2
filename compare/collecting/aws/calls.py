"""Calls of AWS whose failures say what a person can do about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from compare.collecting.asking import NotTold

DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
GONE = frozenset({"ResourceNotFoundException", "ExecutionDoesNotExist"})
LATER = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"})

Client = Callable[[str], Any]  # from a service's name to boto3's client of it


@contextmanager
def telling(permission: str) -> Iterator[None]:
    """Turn the failures of a call into :class:`~compare.collecting.asking.NotTold`.

    ``permission`` is the one that the call needs.
    """
    try:
        yield
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code in DENIED:
            raise NotTold(f"Not permitted: the caller needs {permission}.") from None
        if code in GONE:
            raise NotTold(f"It does not exist, or no longer: {message}") from None
        broken = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500
        raise NotTold(f"{permission} failed with {code}: {message}", again=broken or code in LATER) from None
    except BotoCoreError as error:
        raise NotTold(f"{permission} got no answer: {error}", again=True) from None

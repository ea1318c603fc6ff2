"""Translate failed AWS calls into messages that say what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from compare.collecting.asking import Unreported

DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
GONE = frozenset({"ResourceNotFoundException", "ExecutionDoesNotExist"})
LATER = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"})

Client = Callable[[str], Any]  # from a service's name to boto3's client of it


@contextmanager
def translated(permission: str) -> Iterator[None]:
    """Translate the failures of a call into :class:`~compare.collecting.asking.Unreported`.

    ``permission`` is the IAM action that the call needs.
    """
    try:
        yield
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code in DENIED:
            raise Unreported(f"Not permitted: the caller needs {permission}.") from None
        if code in GONE:
            raise Unreported(f"It does not exist, or was deleted: {message}") from None
        broken = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500
        raise Unreported(
            f"{permission} failed with {code}: {message}", again=broken or code in LATER
        ) from None
    except BotoCoreError as error:
        raise Unreported(f"{permission} got no answer: {error}", again=True) from None

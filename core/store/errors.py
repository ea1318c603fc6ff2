"""Translate errors of a cloud's storage: one rule for both clouds, each with a table for its SDK."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto

from core.errors import ObjectMissing, StoreError, StoreUnavailable

BUSY_STATUS = (408, 429)


class Kind(Enum):
    """The kind of failure that an SDK's error describes."""

    LOST = auto()  # the connection broke before the answer came
    UNSENT = auto()  # the request never left: no credentials, no endpoint
    MISSING = auto()  # there is no such object
    BUSY = auto()  # the service asks for a retry, with any status
    REFUSED = auto()  # any other answer of the service


@dataclass(frozen=True)
class Failure:
    """An SDK's error in a form common to both clouds; ``text`` is the message of the service or the SDK."""

    kind: Kind
    text: str
    status: int = 0


@contextmanager
def translated[Fault: Exception](
    cloud: str, what: str, faults: tuple[type[Fault], ...], read: Callable[[Fault], Failure]
) -> Iterator[None]:
    """Raise the SDK's ``faults`` as Twinlens' errors, with a sentence about ``what`` ("object 'a.jpg'").

    Raises:
        ObjectMissing: There is no such object.
        StoreUnavailable: Throttled, timed out, 5xx or no connection; the SDK's own retries are spent.
        StoreError: Refused for any other reason.
    """
    try:
        yield
    except faults as error:
        # Its traceback and this generator would hold each other, and the photo, until the collector runs.
        error.__traceback__ = None
        raise translation(cloud, what, read(error)) from error


def translation(cloud: str, what: str, failure: Failure) -> StoreError:
    """Return the error to raise for a failed call."""
    kind, text, status = failure.kind, failure.text, failure.status
    if kind is Kind.LOST:
        return StoreUnavailable(f"The connection to {cloud} broke during {what}: {text}")
    if kind is Kind.UNSENT:
        return StoreError(f"{cloud} could not be reached for {what}: {text}")
    if kind is Kind.MISSING:
        return ObjectMissing(f"There is no {what}.")
    if kind is Kind.BUSY or status in BUSY_STATUS or status >= 500:
        return StoreUnavailable(f"{cloud} could not serve {what} just now: {text}")
    if status == 403:
        # A caller who may not list the container gets this error for a missing object, too.
        return StoreError(f"{cloud} denies {what}: it is not there, or access is not allowed: {text}")
    return StoreError(f"{cloud} refused {what}: {text}")

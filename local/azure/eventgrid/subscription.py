"""Event subscriptions: the events that a queue receives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from local.azure.errors import BadRequest

BLOB_CREATED = "Microsoft.Storage.BlobCreated"


@dataclass(frozen=True)
class Subscription:
    """The events of a storage account that go to a queue.

    The beginning of a subject is compared in any case, which is Event Grid's default, unless
    ``case_sensitive``. The end is always compared in any case, the only mode of the advanced filter
    ``StringEndsWith``. Without suffixes, all subjects match.
    """

    account: str
    queue_account: str
    queue: str
    subject_begins_with: str = ""
    subject_ends_with: tuple[str, ...] = ()
    event_types: tuple[str, ...] = (BLOB_CREATED,)
    case_sensitive: bool = False

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Create a subscription from the control API's document.

        Raises:
            BadRequest: A field is missing, unknown or of the wrong type, or asks for unsupported events.
        """
        fields = dict(document)
        for name in ("subject_ends_with", "event_types"):
            if name in fields:
                if not isinstance(fields[name], list):
                    raise BadRequest(f"{name} is {fields[name]!r}; it must be a list of strings.")
                fields[name] = tuple(fields[name])
        try:
            subscription = cls(**fields)
        except TypeError as error:
            raise BadRequest(f"The subscription is not valid: {error}.") from None
        for event_type in subscription.event_types:
            if event_type != BLOB_CREATED:
                raise BadRequest(f"The local host sends no {event_type!r} events, only {BLOB_CREATED}.")
        return subscription

    def matches(self, account: str, subject: str) -> bool:
        """Return whether the subscription includes the event that this blob of ``account`` was created."""
        beginning, lower = self.subject_begins_with, subject.lower()
        begins = subject.startswith(beginning) if self.case_sensitive else lower.startswith(beginning.lower())
        endings = tuple(each.lower() for each in self.subject_ends_with) or ("",)
        return account == self.account and begins and lower.endswith(endings)

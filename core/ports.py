"""The other ports to a cloud: implemented in ``handlers/<cloud>`` and, in memory, in ``core.memory``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from core.errors import Superseded, TooManyBytes
from core.job import Job, Source

# The cache header of all objects: the bytes under a key in ``jobs/`` never change.
CACHE_CONTROL = "public, max-age=31536000, immutable"


def check_size(size: int, max_bytes: int) -> None:
    """Check that an object is not larger than ``max_bytes``.

    Raises:
        TooManyBytes: The object is larger.
    """
    if size > max_bytes:
        raise TooManyBytes(f"The file has {size:,} bytes; at most {max_bytes:,} are accepted.")


@dataclass(frozen=True)
class Upload:
    """An object that starts a job.

    ``stored_at`` is the time of its event, or of its last change as the store lists it. ``created_at`` is
    that of its creation, if the store counts setting metadata as a change. Both are ISO 8601 UTC.
    """

    source: Source
    stored_at: str
    created_at: str | None = None


def superseded(key: str) -> Superseded:
    """Return the error for an upload that was overwritten before it was read."""
    return Superseded(
        f"Another object was written under {key!r} before this one was read; the newer one has its own job."
    )


class ObjectStore(Protocol):
    """One container of objects."""

    def get(self, key: str, max_bytes: int, upload: Upload | None = None) -> bytes:
        """Return the object's bytes as they are stored: a ``Content-Encoding`` is not decoded.

        With ``upload``, only the bytes of that upload, whatever was written under its key since.

        Raises:
            TooManyBytes: It is larger than ``max_bytes``; raised before it is read into memory.
            Superseded: The object is not ``upload`` any more.
            ObjectMissing: There is no such object.
            StoreUnavailable: The store can't answer now.
        """

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write the object, over an older one of the same key, with this type and a one-year cache header.

        Raises:
            StoreUnavailable: The store can't answer now.
        """


class Notifier(Protocol):
    """The sender of notifications about jobs."""

    def publish(self, topic: str, job: Job, link: str = "") -> None:
        """Send the job's notification to ``topic``: "success", "error" or "review", the last with a link."""


class Intake(Protocol):
    """Access to uploads, and to the entry of their events into the workflow."""

    def uploads(self) -> Iterator[Upload]:
        """Yield the uploads in the input container that start a job, in no particular order."""

    def deliver(self, upload: Upload) -> None:
        """Deliver the upload's event, as the store did at first.

        Raises:
            StoreUnavailable: It cannot be delivered now.
        """

    def running(self, execution: str) -> bool:
        """Return whether this execution still runs; ``False`` if the platform cannot tell."""


HELD_SECONDS = 60  # how long a dead letter that was taken is invisible to others
SHOWN = 80  # characters of a message that cannot be understood


@dataclass(frozen=True)
class DeadLetter:
    """A dead letter: its uploads, or none if it is not an upload's event.

    ``text`` is the beginning of its content, ``handle`` identifies it in its queue or container. ``told``
    says what a letter is that needs no more than to be read.
    """

    uploads: tuple[Upload, ...]
    since: str
    text: str
    handle: Any
    told: str = ""


class DeadLetters(Protocol):
    """A queue or container of events that could not be delivered or handled."""

    def take(self) -> Iterator[DeadLetter]:
        """Yield each letter once, and hide it from others for a minute."""

    def put_back(self, letter: DeadLetter) -> None:
        """Make the letter visible to others again."""

    def remove(self, letter: DeadLetter) -> None:
        """Delete the letter."""

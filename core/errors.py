"""All errors that Twinlens raises deliberately, and how the orchestrators react to them.

The tree (``*`` = is retried)::

    TwinlensError
    ├── PhotoError              the photo itself is at fault: the job ends "rejected"
    │   ├── EmptyFile
    │   ├── TooManyBytes
    │   ├── TooManyPixels
    │   ├── TooManyFrames
    │   ├── NotAPhoto
    │   ├── UnsupportedFormat
    │   ├── DamagedPhoto
    │   ├── NotAsDeclared       not the upload that the front door was told of
    │   └── Superseded          overwritten before it was read; the newer upload has its own job
    ├── SetupError              the deployment is at fault: the job ends "failed"
    │   ├── RecipeError
    │   └── SettingsError
    ├── WorkerBusy *            other photos have the worker's memory
    └── StoreError
        ├── ObjectMissing       deleted before it was read: the job ends "failed"
        ├── UnreadableRow       a ledger row that no job can be made of
        └── StoreUnavailable *  throttled, timed out, 5xx, connection lost

The class's name is its wire name: AWS Lambda reports it as ``errorType``, the Azure activities return it in
their result, and both orchestrators build their retry and catch tables from :func:`wire_names`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

# The longest message of a job's error; the job document has to stay small.
MESSAGE_CHARACTERS = 1000


class TwinlensError(Exception):
    """An error with an explanation for the user in its message, one sentence."""

    retryable: ClassVar[bool] = False


class PhotoError(TwinlensError):
    """The photo cannot be processed, and retries are useless."""


class EmptyFile(PhotoError):
    """The upload is empty."""


class TooManyBytes(PhotoError):
    """The upload is larger than the deployment accepts."""


class TooManyPixels(PhotoError):
    """The picture is larger, once decoded, than the deployment accepts."""


class TooManyFrames(PhotoError):
    """The file contains more frames than are accepted."""


class NotAPhoto(PhotoError):
    """The bytes are not an image in any format."""


class UnsupportedFormat(PhotoError):
    """The bytes are an image in a format that Twinlens does not accept."""


class DamagedPhoto(PhotoError):
    """The image is truncated or corrupt."""


class NotAsDeclared(PhotoError):
    """The upload has another size or type than was declared for it."""


class Superseded(PhotoError):
    """Another object was written under the upload's key before it was read."""


class SetupError(TwinlensError):
    """The set-up is wrong; the photo may be fine."""


class RecipeError(SetupError):
    """A recipe is missing, or asks for something that does not exist."""


class SettingsError(SetupError):
    """A setting is missing or has a value that is not allowed."""


class WorkerBusy(TwinlensError):
    """Other photos in the same worker have its memory; a retry may succeed."""

    retryable = True


class StoreError(TwinlensError):
    """A request to the object store failed."""


class ObjectMissing(StoreError):
    """The object is not in the store."""


class UnreadableRow(StoreError):
    """A ledger row is not that of a job."""


class StoreUnavailable(StoreError):
    """The store throttled, timed out or was unreachable; a retry may succeed."""

    retryable = True


def message_of(error: BaseException) -> str:
    """Return the error's message, cut to :data:`MESSAGE_CHARACTERS`."""
    return str(error)[:MESSAGE_CHARACTERS]


def _tree(root: type[TwinlensError]) -> Iterator[type[TwinlensError]]:
    yield root
    for child in root.__subclasses__():
        # Not a class of some other module: the tables must not depend on what was imported before.
        if child.__module__ == __name__:
            yield from _tree(child)


def wire_names(root: type[TwinlensError]) -> tuple[str, ...]:
    """Return the wire names of ``root`` and everything below it, sorted.

    Orchestrators match error names exactly, so a table for a family of errors has to list all of them.
    """
    return tuple(sorted(kind.__name__ for kind in _tree(root)))


def retryable_names() -> tuple[str, ...]:
    """Return the wire names of all errors that are retried, sorted."""
    return tuple(sorted(kind.__name__ for kind in _tree(TwinlensError) if kind.retryable))

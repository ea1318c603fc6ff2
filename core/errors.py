"""Every error Twinlens raises on purpose, and what each orchestrator does about it.

The tree (``*`` = worth another try)::

    TwinlensError
    ├── PhotoError              the photo itself is at fault: the job ends "rejected"
    │   ├── EmptyFile
    │   ├── TooManyBytes
    │   ├── TooManyPixels
    │   ├── TooManyFrames
    │   ├── NotAPhoto
    │   ├── UnsupportedFormat
    │   └── DamagedPhoto
    ├── SetupError              the deployment is at fault: the job ends "failed"
    │   ├── RecipeError
    │   └── SettingsError
    └── StoreError
        ├── ObjectMissing       gone before it was read: the job ends "failed"
        └── StoreUnavailable *  throttled, timed out, 5xx, connection lost

The class's name is its wire name: AWS Lambda reports it as ``errorType``, the Azure activities send it in
their answer, and both orchestrators build their retry and catch tables from :func:`wire_names`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar


class TwinlensError(Exception):
    """Something Twinlens knows how to explain; its text is a sentence for a person."""

    retryable: ClassVar[bool] = False


class PhotoError(TwinlensError):
    """The photo can never be processed, however often it is tried."""


class EmptyFile(PhotoError):
    """The upload holds no bytes."""


class TooManyBytes(PhotoError):
    """The upload is larger than the deployment accepts."""


class TooManyPixels(PhotoError):
    """The picture is larger, once decoded, than the deployment accepts."""


class TooManyFrames(PhotoError):
    """The file holds more pictures than an animation reasonably has."""


class NotAPhoto(PhotoError):
    """The bytes are no image in any format."""


class UnsupportedFormat(PhotoError):
    """The bytes are an image in a format Twinlens does not take."""


class DamagedPhoto(PhotoError):
    """The image is truncated or broken."""


class SetupError(TwinlensError):
    """The deployment is set up wrongly; the photo may be fine."""


class RecipeError(SetupError):
    """A recipe is missing, or asks for something that does not exist."""


class SettingsError(SetupError):
    """A setting is missing or has a value that is not allowed."""


class StoreError(TwinlensError):
    """The object store did not do what was asked."""


class ObjectMissing(StoreError):
    """The object is not in the store."""


class StoreUnavailable(StoreError):
    """The store was throttled, timed out or unreachable; a later try may succeed."""

    retryable = True


def _tree(root: type[TwinlensError]) -> Iterator[type[TwinlensError]]:
    yield root
    for child in root.__subclasses__():
        # Not a class of some other module: the tables must not depend on what was imported before.
        if child.__module__ == __name__:
            yield from _tree(child)


def wire_names(root: type[TwinlensError]) -> tuple[str, ...]:
    """Return the wire names of ``root`` and everything below it, sorted.

    Orchestrators match error names exactly, so a table that should catch a family has to list it.
    """
    return tuple(sorted(kind.__name__ for kind in _tree(root)))


def retryable_names() -> tuple[str, ...]:
    """Return the wire names of all errors that are worth another try, sorted."""
    return tuple(sorted(kind.__name__ for kind in _tree(TwinlensError) if kind.retryable))

"""What can go wrong in the local host.

The tree::

    HostError               for the person who deploys; has an HTTP status
    ├── BadRequest          the request is invalid
    ├── Refused             the caller is not admitted
    ├── NotFound            no such app
    └── DeploymentError     the package or its settings do not work
    FunctionFailed          a function failed; the app's own error
    ├── FunctionError       it raised
    ├── FunctionTimeout     it took longer than host.json allows
    └── WorkerLost          its process ended meanwhile
"""

from __future__ import annotations

from typing import ClassVar


class HostError(Exception):
    """An error that the person who deploys can correct; the text is one sentence."""

    status: ClassVar[int] = 500


class BadRequest(HostError):
    """The request is malformed or asks for something that the host does not support."""

    status = 400


class Refused(HostError):
    """The caller is a web page, or does not have the host's token."""

    status = 403


class NotFound(HostError):
    """There is no app, function or subscription with this name."""

    status = 404


class DeploymentError(HostError):
    """The package cannot be hosted, at least with these settings."""

    status = 422


class FunctionFailed(Exception):
    """A function did not return; ``kind`` names the error's class, ``stack`` is its traceback."""

    def __init__(self, message: str, kind: str = "", stack: str = "") -> None:
        super().__init__(message)
        self.kind = kind or type(self).__name__
        self.stack = stack


class FunctionError(FunctionFailed):
    """The function raised an exception."""


class FunctionTimeout(FunctionFailed):
    """The function took longer than ``functionTimeout``, and its worker was stopped."""


class WorkerLost(FunctionFailed):
    """The worker process ended while the function ran."""

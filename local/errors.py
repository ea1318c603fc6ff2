"""Errors of this machine's set-up, each with a one-sentence message."""

from __future__ import annotations

from core.errors import TwinlensError


class LocalError(TwinlensError):
    """The local stacks cannot do what was asked."""


class ToolMissing(LocalError):
    """A tool is not installed and cannot be installed automatically; the message says how to get it."""


class NotRunning(LocalError):
    """The emulators are not running."""


class EmulatorFailed(LocalError):
    """An emulator did not start, or has stopped."""


class StackFailed(LocalError):
    """Pulumi could not deploy a local stack as asked."""

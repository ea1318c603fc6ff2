"""Errors of the local set-up, each with a one-sentence message."""

from __future__ import annotations

from core.errors import TwinlensError


class LocalError(TwinlensError):
    """A command on the local stacks failed."""


class ToolMissing(LocalError):
    """A tool is not installed and cannot be installed automatically; the message says how to install it."""


class NotRunning(LocalError):
    """The emulators are not running."""


class EmulatorFailed(LocalError):
    """An emulator did not start, or has stopped."""


class StackFailed(LocalError):
    """Pulumi could not deploy a local stack."""

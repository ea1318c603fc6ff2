"""What can go wrong on this machine, told in a sentence."""

from __future__ import annotations

from core.errors import TwinlensError


class LocalError(TwinlensError):
    """The embedded default cannot do what was asked."""


class ToolMissing(LocalError):
    """A tool is neither here nor to be had; the text says how to get it."""


class NotRunning(LocalError):
    """The emulators are not up."""


class EmulatorFailed(LocalError):
    """An emulator did not start, or is gone."""


class StackFailed(LocalError):
    """Pulumi could not bring a local stack into the state that was asked for."""

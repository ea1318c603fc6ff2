"""The emulators: MiniStack for AWS; Azurite and the Azure host for Azure."""

from local.emulators.setup import down, session, status, up

__all__ = ["down", "session", "status", "up"]

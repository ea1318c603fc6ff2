"""The emulators: MiniStack for AWS; Azurite and the Azure host for Azure."""

from local.emulators.setup import check, down, session, status, up

__all__ = ["check", "down", "session", "status", "up"]

"""The emulators: MiniStack for AWS; Azurite and the Azure host for Azure."""

from local.emulators.setup import check, down, ending_politely, session, status, up

__all__ = ["check", "down", "ending_politely", "session", "status", "up"]

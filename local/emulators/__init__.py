"""The emulators: MiniStack for AWS; Azurite and the Azure host for Azure."""

from local.emulators.setup import down, ending_politely, session, status, up

__all__ = ["down", "ending_politely", "session", "status", "up"]

"""What Azure counted, for the tests of this folder."""

from azure_answers import azure

__all__ = ["azure"]

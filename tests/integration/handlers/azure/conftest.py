"""A job and an account for the tests of this folder."""

from azure_adapters import job, unreachable

__all__ = ["job", "unreachable"]

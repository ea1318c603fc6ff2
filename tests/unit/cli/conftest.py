"""Stacks in memory for the tests of this folder."""

from memory_stacks import clouds, photos, run

__all__ = ["clouds", "photos", "run"]

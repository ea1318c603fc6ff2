"""Stacks in memory and local stacks for the tests of this folder."""

from local_commands import done
from memory_stacks import clouds, photos, run

__all__ = ["clouds", "done", "photos", "run"]

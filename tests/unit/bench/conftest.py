"""Stacks in memory and run records for the tests of this folder."""

from memory_stacks import clouds, photos, run
from run_records import make_head, make_record

__all__ = ["clouds", "make_head", "make_record", "photos", "run"]

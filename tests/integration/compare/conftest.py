"""Run folders for the tests of this folder."""

from run_records import make_entry, make_head, make_record, make_run

__all__ = ["make_entry", "make_head", "make_record", "make_run"]

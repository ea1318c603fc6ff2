"""Times for the tests of this folder."""

from compare_times import window

__all__ = ["window"]

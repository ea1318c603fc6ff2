"""Price lists for the tests of this folder."""

from price_lists import book, lists, vendor

__all__ = ["book", "lists", "vendor"]

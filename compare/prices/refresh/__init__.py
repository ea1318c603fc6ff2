"""Compare the price book with the vendors' public price lists, and update it."""

from compare.prices.refresh.difference import PROBLEMS, Outcome, compare
from compare.prices.refresh.lists import ADDRESSES, PriceLists
from compare.prices.refresh.writing import write

__all__ = ["ADDRESSES", "PROBLEMS", "Outcome", "PriceLists", "compare", "write"]

"""The price book: dated prices of the vendors, their checks, and their refresh from the vendors' lists."""

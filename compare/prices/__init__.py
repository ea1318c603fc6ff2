"""What the vendors charge: a dated price book, its checks, and its refreshing from the vendors' own lists."""

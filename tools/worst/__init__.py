"""A search for the photos and recipes that take the most memory or CPU time against the rules."""

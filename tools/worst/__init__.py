"""A search for the photos and recipes that use the most memory or CPU time, relative to the limits."""

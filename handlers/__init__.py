"""Thin adapters between a cloud and the core; this folder itself is never on `sys.path`."""

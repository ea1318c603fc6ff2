"""Thin adapters between the clouds and the core; this folder itself is never on `sys.path`."""

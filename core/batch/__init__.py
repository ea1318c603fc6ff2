"""Batches: what is in the store already goes through the pipeline, item by item."""

"""Advice: which variant to deploy for a volume, photo sizes and a latency objective."""

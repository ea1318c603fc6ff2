"""The comparison of runs: cost and latency."""

"""Collect the usage that the platforms report for a run, and compare it with the estimate."""

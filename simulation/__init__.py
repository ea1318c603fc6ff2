"""Runs without a cloud: the workflow in simulated time, on calibrated models of both platforms."""

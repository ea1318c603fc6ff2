"""Calculate a bill: read usage files, price metered quantities, and explain each line."""

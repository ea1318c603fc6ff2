"""What the platforms say they billed for a run, and how it compares with what the billing rules said."""

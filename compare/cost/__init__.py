"""From a usage to a bill: reading usage files, pricing metered quantities, explaining each line."""

"""Making runs: send photos into deployed stacks, follow their jobs, record what happened, inject faults."""

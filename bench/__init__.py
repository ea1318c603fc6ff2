"""Make runs: send photos to deployed stacks, follow their jobs, record the results, inject faults."""

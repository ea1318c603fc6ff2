"""Read and write photos the same way in every store: errors, a breaker, measured times, write-behind."""

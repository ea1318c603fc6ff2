"""A fuzzer: mutated photos must yield a photo or one of our own errors, within time and memory limits."""

"""A fuzzer: changed photos have to end as photos or as errors of our own, in time and within their memory."""

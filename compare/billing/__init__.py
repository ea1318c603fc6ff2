"""The billing rules of each service: pure functions from a workload to metered quantities.

There is one module per service. Every function takes and returns :class:`decimal.Decimal`, and its docstring
names the source of the rule. Workload functions return :class:`compare.billing.reading.MeterReading` values,
which say in words how each quantity was calculated; their parameters are the keys of a usage file.
"""

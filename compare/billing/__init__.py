"""How each service counts what it bills: pure functions from a workload to metered quantities.

One module a service. Every function takes and returns :class:`decimal.Decimal`, and its docstring names the
source of the rule. A module's workload functions return :class:`compare.billing.reading.MeterReading` values,
which say in words how each quantity came about; their parameters are the keys of a usage file.
"""

"""Statistics of latency samples: quantiles, intervals and comparisons."""

from compare.statistics.comparison import Ratio, compare_all, compare_quantiles
from compare.statistics.quantiles import Quantile, quantile
from compare.statistics.spread import Spread, spread
from compare.statistics.totals import Proportion, proportion

__all__ = [
    "Proportion",
    "Quantile",
    "Ratio",
    "Spread",
    "compare_all",
    "compare_quantiles",
    "proportion",
    "quantile",
    "spread",
]

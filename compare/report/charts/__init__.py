"""The report's charts as Vega-Lite specifications, drawn as pictures and by the page's script."""

from __future__ import annotations

from compare.report.charts import money, time
from compare.report.charts.style import Chart
from compare.report.model import Report

__all__ = ["Chart", "charts"]


def charts(report: Report) -> dict[str, Chart]:
    """Return the report's charts by name; those without anything to show are left out."""
    return {chart.name: chart for chart in (*time.charts(report), *money.charts(report))}

"""Estimate the billed usage of jobs, from the traces of a run or for planned photos."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from compare.billing.reading import MeterReading, plain
from compare.cost.exact import exact
from compare.metering.assumptions import Bound
from compare.metering.clouds import assumed, cloud_of
from compare.metering.load import JobLoad, Span
from compare.metering.stack import Stack
from core.workflow.model import Workflow

__all__ = ["JobLoad", "Span", "Stack", "assumed", "meter", "scaled", "standing_usage"]


def meter(stack: Stack, loads: Iterable[JobLoad], bound: Bound = "expected") -> tuple[MeterReading, ...]:
    """Return the usage that a stack is billed for these jobs as they ran, without idle time."""
    cloud = cloud_of(stack)
    with exact():
        return cloud.meter(stack, cloud.count(stack, loads), bound)


def standing_usage(stack: Stack, workflow: Workflow) -> tuple[MeterReading, ...]:
    """Return a month's usage of a stack's alarms and dashboards, which it has without any jobs."""
    return cloud_of(stack).standing(stack, workflow)


def scaled(metered: Iterable[MeterReading], factor: Decimal) -> tuple[MeterReading, ...]:
    """Multiply usage by ``factor``, to extrapolate from measured jobs to those of a month."""
    with exact():
        return tuple(
            replace(
                each, quantity=each.quantity * factor, formula=f"({each.formula}) x {_few_digits(factor)}"
            )
            for each in metered
        )


def _few_digits(factor: Decimal) -> str:
    """Format a factor: a whole number with all digits, any other with six significant digits."""
    return plain(factor) if factor == factor.to_integral_value() else f"{float(factor):,.6g}"

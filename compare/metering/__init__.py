"""What jobs make the platforms count: from traces of jobs that ran, or of jobs that are only imagined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from compare.billing.reading import MeterReading, plain
from compare.cost.exact import exact
from compare.metering.clouds import assumed, cloud_of
from compare.metering.load import JobLoad, Span
from compare.metering.stack import Stack
from core.workflow.model import Workflow

__all__ = ["JobLoad", "Span", "Stack", "assumed", "fixed_usage", "meter", "scaled"]


def meter(stack: Stack, loads: Iterable[JobLoad]) -> tuple[MeterReading, ...]:
    """Return what a stack is billed for these jobs together, idle time apart."""
    with exact():
        return cloud_of(stack).meter(stack, loads)


def fixed_usage(stack: Stack, workflow: Workflow) -> tuple[MeterReading, ...]:
    """Return what a month of a stack with this workflow is billed, whatever is done with it."""
    return cloud_of(stack).standing(workflow)


def scaled(metered: Iterable[MeterReading], factor: Decimal) -> tuple[MeterReading, ...]:
    """Return the same usage so many times over: jobs that were measured stand for those of a month."""
    with exact():
        return tuple(
            replace(
                each, quantity=each.quantity * factor, formula=f"({each.formula}) x {_few_digits(factor)}"
            )
            for each in metered
        )


def _few_digits(factor: Decimal) -> str:
    """Return a factor for a reader: all of a whole number, else six digits."""
    return plain(factor) if factor == factor.to_integral_value() else f"{float(factor):,.6g}"

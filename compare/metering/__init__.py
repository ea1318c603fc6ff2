"""What jobs make the platforms count: from traces of jobs that ran, or of jobs that are only imagined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from compare.billing.metered import Metered, plain
from compare.cost.exact import exact
from compare.metering.aws import meter as meter_aws
from compare.metering.azure import meter as meter_azure
from compare.metering.load import JobLoad, Span
from compare.metering.stack import Stack

__all__ = ["JobLoad", "Span", "Stack", "meter", "scaled"]

METERS = {"aws": meter_aws, "azure": meter_azure}


def meter(stack: Stack, loads: Iterable[JobLoad]) -> tuple[Metered, ...]:
    """Return what a stack is billed for these jobs together, idle time apart."""
    with exact():
        return METERS[stack.cloud](stack, loads)


def scaled(metered: Iterable[Metered], factor: Decimal) -> tuple[Metered, ...]:
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

"""What the platforms said they billed, as text cells for whoever prints them."""

from __future__ import annotations

from decimal import Decimal

from compare.collecting.comparison import BilledRun, FunctionComparison, Unknown
from compare.metering.assumptions import INIT_MS

METER_HEAD = ("meter", "by the rules", "by the platform", "ratio", "counted from", "source")
FUNCTION_HEAD = (
    "step",
    "traced runs",
    "requests",
    "traced time",
    "duration",
    "billed",
    "memory used",
    "cold, traced",
    "cold, told",
    "mean INIT",
)
SCOPES = {"jobs": "the run's own jobs", "window": "everything in the stack meanwhile"}
NOTHING = "-"
MILLION = 1_000_000


def meter_rows(run: BilledRun) -> list[tuple[str, ...]]:
    """Return a row for each meter that both sides, or the platform alone, counted."""
    return [
        (
            each.meter,
            quantity(each.ruled),
            quantity(each.billed),
            NOTHING if each.ratio is None else f"{each.ratio:f}",
            SCOPES[each.scope],
            f"{each.source}. {each.note}".rstrip(". ") + ".",
        )
        for each in run.meters
    ]


def function_rows(run: BilledRun) -> list[tuple[str, ...]]:
    """Return a row for each function that the platform told about."""
    return [_function_row(each) for each in run.functions]


def sentences(run: BilledRun) -> list[str]:
    """Say what was compared, and everything that the platform did not tell."""
    told = [
        f"All {run.jobs:,} jobs of the run that ended are compared, those of the warm-up included, with what "
        f"the platform counted from {run.began} to {run.ended}; collected {run.collected_at}."
    ]
    if run.untold:
        told.append(
            f"{run.untold:,} uploads were lost: the rules count nothing of them, the platform perhaps does."
        )
    if any(each.figures.init_ms is not None for each in run.functions):
        told.append(f"The rules assume an INIT of {INIT_MS.value:,} ms for every cold start.")
    return told + [unknown(each) for each in run.unknown]


def unknown(gap: Unknown) -> str:
    """Say which meters are missing, what the rules said of them and why there is no more."""
    ruled = [
        f"{meter} (by the rules {quantity(ours)})" if ours is not None else meter
        for meter, ours in zip(gap.meters, gap.ruled, strict=True)
    ]
    again = " Collect again later." if gap.again else ""
    return f"Not known: {', '.join(ruled)}. {gap.source}: {gap.reason}{again}"


def quantity(value: Decimal | None) -> str:
    """Return a quantity to six digits, or all of a whole number."""
    if value is None:
        return NOTHING
    whole = value == value.to_integral_value() or abs(value) >= MILLION
    return f"{value:,.0f}" if whole else f"{value:,.6g}"


def _function_row(each: FunctionComparison) -> tuple[str, ...]:
    figures = each.figures
    memory = NOTHING
    if figures.max_memory_mb is not None:
        memory = f"{figures.max_memory_mb:,} of {figures.memory_mb:,} MB"
    cold = figures.cold or 0
    mean = NOTHING if not cold or figures.init_ms is None else f"{figures.init_ms / cold:,.0f} ms"
    return (
        each.step,
        f"{each.traced:,}",
        f"{figures.requests:,}",
        f"{each.traced_ms:,.0f} ms",
        f"{figures.duration_ms:,.0f} ms",
        NOTHING if figures.billed_ms is None else f"{figures.billed_ms:,} ms",
        memory,
        f"{each.traced_cold:,}",
        NOTHING if figures.cold is None else f"{figures.cold:,}",
        mean,
    )

"""The usage that the platforms reported, as text cells for every output format."""

from __future__ import annotations

from decimal import Decimal

from compare.collecting.comparison import BilledRun, FunctionComparison, Unknown
from compare.figures import figure
from compare.metering.assumptions import INIT_MS

METER_HEAD = ("meter", "estimated", "reported", "ratio", "counted from", "source")
FUNCTION_HEAD = (
    "step",
    "traced runs",
    "requests",
    "traced time",
    "duration",
    "billed",
    "memory used",
    "cold, traced",
    "cold, reported",
    "mean INIT",
)
SCOPES = {"jobs": "the run's own jobs", "window": "everything in the stack during the run"}
NOTHING = "-"


def meter_rows(run: BilledRun) -> list[tuple[str, ...]]:
    """Return a row for each meter that the platform reported."""
    return [
        (
            each.meter,
            quantity(each.estimated),
            quantity(each.billed),
            NOTHING if each.ratio is None else f"{each.ratio:f}",
            SCOPES[each.scope],
            f"{each.source}. {each.note}".rstrip(". ") + ".",
        )
        for each in run.meters
    ]


def function_rows(run: BilledRun) -> list[tuple[str, ...]]:
    """Return a row for each function that the platform reported on."""
    return [_function_row(each) for each in run.functions]


def sentences(run: BilledRun) -> list[str]:
    """Say what was compared, and which figures the platform did not report."""
    compared = [
        f"The usage estimated for all {run.jobs:,} finished jobs of the run, warm-up included, is compared "
        f"with what the platform reported from {run.began} to {run.ended}; collected {run.collected_at}."
    ]
    if run.untraced:
        compared.append(
            f"{run.untraced:,} uploads were lost: the estimate leaves them out, the platform may have billed "
            "them."
        )
    if any(each.figures.init_ms is not None for each in run.functions):
        compared.append(f"The estimate assumes an INIT of {INIT_MS.value:,} ms for every cold start.")
    return compared + [unknown(each) for each in run.unknown]


def unknown(gap: Unknown) -> str:
    """Say which meters were not reported, what was estimated for them, and why they are missing."""
    meters = [
        f"{meter} (estimated {quantity(ours)})" if ours is not None else meter
        for meter, ours in zip(gap.meters, gap.estimated, strict=True)
    ]
    again = " Collect again later." if gap.again else ""
    return f"Not reported: {', '.join(meters)}. {gap.source}: {gap.reason}{again}"


def quantity(value: Decimal | None) -> str:
    """Return a quantity to six significant digits; a whole number with all of its digits."""
    return NOTHING if value is None else figure(value)


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

"""The cost of a run's photos at any volume: metered usage times the price book.

The cost of a month includes the standing charges of a deployed stack; the cost of a thousand photos does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, pairwise

from compare.billing.reading import MeterReading
from compare.cost.bill import Bill, Line, price
from compare.cost.exact import exact, settled
from compare.metering import JobLoad, Stack, fixed_usage, meter, scaled
from compare.prices.book import PriceBook
from compare.report.cost_model import BreakEven, Cost, CostLine, VolumePoint
from compare.report.measured import MeasuredRun

THOUSAND = 1_000
VOLUMES = tuple(factor * 10**power for power in range(3, 8) for factor in (1, 2, 5))
HALVINGS = 40  # bisection steps around a break-even point: far below one photo

# The purpose of a meter, by the prefix of its name.
PURPOSES = {
    "aws.lambda": "compute",
    "aws.fargate": "compute",
    "azure.functions": "compute",
    "azure.containerapps": "compute",
    "aws.stepfunctions": "workflow",
    "azure.durable": "workflow",
    "aws.s3": "objects",
    "azure.blob": "objects",
    "aws.cloudwatch": "logs and alarms",
    "aws.xray": "logs and alarms",
    "azure.monitor": "logs and alarms",
}
OTHER = "messages and tables"
PURPOSE_NAMES = (*dict.fromkeys(PURPOSES.values()), OTHER)


@dataclass(frozen=True)
class PricedRun:
    """A run's usage and where its prices come from."""

    label: str
    jobs: int
    usage: tuple[MeterReading, ...]
    standing: tuple[MeterReading, ...]
    region: str
    book: PriceBook

    def bill(self, images: int, *, free_tier: bool, months: int = 1) -> Bill:
        """Price ``images`` photos in the proportions of the run, and the standing charges of ``months``."""
        used = scaled(self.usage, Decimal(images) / self.jobs)
        stands = (replace(each, quantity=each.quantity * months) for each in self.standing)
        return price((*used, *stands), self.book, [self.region], free_tier)


def priced(measured: MeasuredRun, book: PriceBook) -> PricedRun | None:
    """Meter a run; return ``None`` if all of its uploads were lost.

    A region that the price book lacks is priced as the vendor's home region.
    """
    run, workflow = measured.folder.run, measured.folder.workflow
    found = [JobLoad.of(job.record, workflow) for job in measured.jobs]
    loads = [load for load in found if load]
    if not loads:
        return None
    known = book.regions(run.cloud)
    region = run.region if run.region in known else book.home_regions[run.cloud]
    stack = Stack.of(run)
    stands = fixed_usage(stack, workflow)
    return PricedRun(measured.label, len(loads), meter(stack, loads), stands, region, book)


def cost(run: PricedRun, images: int) -> Cost:
    """Return the cost of a run's photos per thousand and at ``images`` a month."""
    thousand = run.bill(THOUSAND, free_tier=False, months=0)
    paid, free = run.bill(images, free_tier=False), run.bill(images, free_tier=True)
    return Cost(
        label=run.label,
        region=run.region,
        per_thousand=thousand.total,
        per_thousand_low=thousand.low,
        per_thousand_high=thousand.high,
        by_purpose=_by_purpose(thousand.lines),
        images_per_month=images,
        month=paid.total,
        month_with_free_tier=free.total,
        unconfirmed=thousand.unconfirmed,
        lines=tuple(_line(*lines) for lines in zip(thousand.lines, paid.lines, free.lines, strict=True)),
        volumes=tuple(VolumePoint(volume, run.bill(volume, free_tier=True).total) for volume in VOLUMES),
    )


def break_evens(runs: Sequence[PricedRun]) -> tuple[BreakEven, ...]:
    """Return the volumes at which two runs cost the same with free tiers."""
    return tuple(point for pair in combinations(runs, 2) for point in _crossings(*pair))


def _crossings(first: PricedRun, second: PricedRun) -> list[BreakEven]:
    def difference(images: int) -> Decimal:
        return first.bill(images, free_tier=True).total - second.bill(images, free_tier=True).total

    found = []
    signed = [(volume, gap) for volume in VOLUMES if (gap := difference(volume))]
    for (low, before), (high, after) in pairwise(signed):
        if (before > 0) != (after > 0):
            for _ in range(HALVINGS):
                if high - low <= 1:
                    break
                middle = (low + high) // 2
                low, high = (middle, high) if (difference(middle) > 0) == (before > 0) else (low, middle)
            below, above = (second, first) if before > 0 else (first, second)
            found.append(BreakEven(high, above.bill(high, free_tier=True).total, below.label, above.label))
    return found


def _by_purpose(lines: Sequence[Line]) -> dict[str, Decimal]:
    with exact():
        return {
            purpose: settled(sum((line.amount for line in lines if _purpose(line) == purpose), Decimal(0)))
            for purpose in PURPOSE_NAMES
        }


def _purpose(line: Line) -> str:
    return PURPOSES.get(".".join(line.meter.name.split(".")[:2]), OTHER)


def _line(line: Line, month: Line, month_with_free_tier: Line) -> CostLine:
    return CostLine(
        meter=line.meter.name,
        title=line.meter.title,
        purpose=_purpose(line),
        quantity=settled(line.quantity),
        unit=line.meter.unit,
        formula="; ".join(line.formulas),
        price=line.price.tiers[0].price,
        per=line.meter.quoted_unit,
        tiers=len(line.price.tiers),
        amount=line.amount,
        low=line.low,
        high=line.high,
        month=month.amount,
        month_with_free_tier=month_with_free_tier.amount,
        status=line.price.status,
        source=line.price.source.title,
        url=line.price.source.url,
        date=line.price.source.date.isoformat(),
    )

"""The cost of a run's photos at any volume: metered usage times the price book.

The cost of a month includes what a deployed stack costs anyway; the cost of a thousand photos does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from compare.cost.bill import Bill, Line, price
from compare.cost.bills import BatchCost, Bills, batch_cost, month_bills
from compare.cost.break_even import VOLUMES
from compare.cost.exact import settled
from compare.cost.purposes import by_purpose, purpose
from compare.cost.verdict import Candidate
from compare.metering import JobLoad, Stack, scaled
from compare.metering.assumptions import BOUNDS, Bound
from compare.metering.month import ALL, Month
from compare.metering.viewing import VIEWS
from compare.prices.book import PriceBook
from compare.report.cost_model import Cost, CostLine, VolumePoint
from compare.report.measured import MeasuredRun

THOUSAND = 1_000
LEFT_OUT = ("rejected", "refused", "expired", "lost")  # no photos were made of these


@dataclass(frozen=True)
class PricedRun:
    """The months of photos like those of a run, and where their prices come from; the cost of its batch."""

    label: str
    month: Month
    region: str
    recipe: str
    book: PriceBook
    batch: BatchCost | None = None

    def bills(self, images: int, *, free_tier: bool = True) -> Bills:
        """Price a month with ``images`` photos."""
        return month_bills(self.month, images, self.book, [self.region], free_tier=free_tier)

    def thousand(self, images: int, bound: Bound) -> Bill:
        """Price a thousand photos of such a month, without free tiers and standing usage."""
        usage = scaled(self.month.of_photos(images, bound), Decimal(THOUSAND) / images)
        return price(usage, self.book, [self.region], free_tier=False)


def priced(measured: MeasuredRun, book: PriceBook, views: int = VIEWS) -> PricedRun | None:
    """Meter a run; return ``None`` if all of its uploads were lost.

    Rejected files do not count, unless nothing else was uploaded: they would make photos look cheaper. A
    region that the price book lacks is priced as the vendor's home region.
    """
    run, workflow = measured.folder.run, measured.folder.workflow
    found = [(job.record, JobLoad.of(job.record, workflow, run.at_once)) for job in measured.jobs]
    all_loads = [load for _, load in found if load]
    loads = [load for record, load in found if load and record.state not in LEFT_OUT] or all_loads
    if not loads:
        return None
    known = book.regions(run.cloud)
    region = run.region if run.region in known else book.home_regions[run.cloud]
    month = Month.measured(Stack.of(run), workflow, loads, views, ALL if run.batch else 0)
    batch = _batch(measured, all_loads, book, region) if run.batch else None
    return PricedRun(measured.label, month, region, run.recipe, book, batch)


def _batch(measured: MeasuredRun, loads: list[JobLoad], book: PriceBook, region: str) -> BatchCost:
    """Price a batch as it ran: the items that were rejected, failed or skipped cost something, too."""
    run, workflow = measured.folder.run, measured.folder.workflow
    skipped = run.batch.counts.get("skipped", 0) if run.batch else 0
    passed = [JobLoad.skipped(workflow, skipped, run.at_once)] if skipped else []
    month = Month.measured(Stack.of(run), workflow, [*loads, *passed], batched=ALL)
    return batch_cost(month, len(loads) + skipped, book, [region], skipped=skipped)


def cost(run: PricedRun, images: int) -> Cost:
    """Return the cost of a run's photos per thousand and at ``images`` a month."""
    thousands = {bound: run.thousand(images, bound) for bound in BOUNDS}
    thousand = thousands["expected"]
    paid, month = run.bills(images, free_tier=False), run.bills(images)
    lines = {line.meter.name: line for line in thousand.lines}
    both = zip(paid.by_bound["expected"].lines, month.by_bound["expected"].lines, strict=True)
    return Cost(
        label=run.label,
        region=run.region,
        batch=run.batch,
        per_thousand=thousand.total,
        per_thousand_low=thousands["low"].low,
        per_thousand_high=thousands["high"].high,
        by_purpose=by_purpose(thousand.lines),
        images_per_month=images,
        month=paid.expected,
        month_with_free_tier=month.expected,
        month_low=month.low,
        month_high=month.high,
        unconfirmed=thousand.unconfirmed,
        lines=tuple(_line(lines.get(one.meter.name), one, other) for one, other in both),
        volumes=tuple(_point(volume, run.bills(volume)) for volume in VOLUMES),
    )


def candidates(runs: Sequence[PricedRun]) -> tuple[Candidate, ...]:
    """Return the runs as stacks to compare by their bills with free tiers."""
    return tuple(Candidate(run.label, run.month.stack, cache(run.bills)) for run in runs)


def _point(images: int, bills: Bills) -> VolumePoint:
    return VolumePoint(images, bills.expected, bills.low, bills.high)


def _line(thousand: Line | None, month: Line, month_with_free_tier: Line) -> CostLine:
    line = thousand or month
    return CostLine(
        meter=line.meter.name,
        title=line.meter.title,
        purpose=purpose(line.meter.name),
        quantity=settled(thousand.quantity) if thousand else Decimal(0),
        unit=line.meter.unit,
        formula="; ".join(line.formulas),
        price=line.price.tiers[0].price,
        per=line.meter.quoted_unit,
        tiers=len(line.price.tiers),
        amount=thousand.amount if thousand else Decimal(0),
        low=thousand.low if thousand else Decimal(0),
        high=thousand.high if thousand else Decimal(0),
        month=month.amount,
        month_with_free_tier=month_with_free_tier.amount,
        status=line.price.status,
        source=line.price.source.title,
        url=line.price.source.url,
        date=line.price.source.date.isoformat(),
    )

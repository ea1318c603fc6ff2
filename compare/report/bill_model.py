"""The usage and the prices from which the page works out the bill of any volume, photo size and region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

from compare.cost.knots import LARGEST, Knot, knots
from compare.cost.purposes import purpose
from compare.metering import Stack
from compare.metering.assumptions import BOUNDS
from compare.metering.month import Month
from compare.metering.planned import Photos
from compare.prices.book import PriceBook
from compare.prices.reading import load
from compare.report.cost_model import BillModel, UnitPrice, Usage
from compare.report.costs import PricedRun
from core.errors import RecipeError
from core.recipes import load as load_recipe
from core.workflow.model import Workflow

AS_MEASURED = "measured"
MEGAPIXELS = (2, 12, 24)

type ByBound = dict[str, dict[str, tuple[Knot, ...]]]


def bill_model(runs: Sequence[PricedRun], book: PriceBook) -> BillModel:
    """Return the model of the runs' bills."""
    usages = tuple(_usage(run, book) for run in runs)
    meters = {each.cloud: set[str]() for each in usages}
    for each in usages:
        for by_bound in each.meters.values():
            meters[each.cloud].update(name for by_meter in by_bound.values() for name in by_meter)
    regions = {
        cloud: tuple(
            region
            for region in book.regions(cloud)
            if all(region in book.meter(name).prices for name in names)
        )
        for cloud, names in meters.items()
    }
    planned = {str(size) for each in usages for size in each.meters} - {AS_MEASURED}
    sizes = {AS_MEASURED: "as in these runs"} | {
        str(size): f"{size} megapixels, estimated" for size in MEGAPIXELS if str(size) in planned
    }
    return BillModel(
        sizes=sizes,
        regions=regions,
        prices={
            region: {name: _price(book, name, region) for name in sorted(meters[cloud])}
            for cloud, names in regions.items()
            for region in names
        },
        usages=usages,
    )


def _usage(run: PricedRun, book: PriceBook) -> Usage:
    stack = run.month.stack
    meters = {
        AS_MEASURED: _by_bound(run.month, book),
        **_planned(stack, run.month.workflow, run.recipe, run.month.views, run.month.batched),
    }
    unused = dict.fromkeys(book.committed(stack.cloud), ((0, 0.0), (LARGEST, 0.0)))
    return Usage(
        label=run.label,
        cloud=stack.cloud,
        region=run.region,
        stack=repr(replace(stack, granularity="")),
        granularity=stack.granularity,
        meters={
            size: {bound: unused | used for bound, used in by_bound.items()}
            for size, by_bound in meters.items()
        },
    )


def _by_bound(month: Month, book: PriceBook) -> ByBound:
    return {bound: knots(month, bound, book) for bound in BOUNDS}


@cache
def _planned(
    stack: Stack, workflow: Workflow, recipe_name: str, views: int, batched: int
) -> dict[str, ByBound]:
    """Return the usage by photos of other sizes, if the recipe is still there."""
    try:
        recipe = load_recipe(recipe_name)
    except RecipeError:
        return {}
    months = {
        size: Month.planned(stack, workflow, recipe, Photos(Decimal(size), views=views), batched)
        for size in MEGAPIXELS
    }
    return {str(size): _by_bound(month, load()) for size, month in months.items()}


def _price(book: PriceBook, name: str, region: str) -> UnitPrice:
    meter, price = book.meter(name), book.price(name, region)
    first = price.tiers[0].price
    return UnitPrice(
        title=meter.title,
        purpose=purpose(name),
        per=float(meter.per),
        tiers=tuple((float(tier.start), float(tier.price)) for tier in price.tiers),
        free=float(meter.allowance.quantity) if meter.allowance else 0.0,
        pool=meter.allowance.pool if meter.allowance else "",
        low=float(price.low / first) if price.low is not None else 1.0,
        high=float(price.high / first) if price.high is not None else 1.0,
        committed=float(price.commitment.quantity) if price.commitment else 0.0,
        fee=float(price.commitment.fee) if price.commitment else 0.0,
    )

"""``twinlens estimate``: estimate the cost of stacks before they are deployed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.markup import escape

from cli import sweep
from cli.amounts import decimal, share, size
from cli.configured import Configured, read, variants
from cli.console import Json, errors, print_json, stack_names
from cli.cost import NoFreeTier, Regions, Terms, ViewsPerPhoto, book_at, views_of
from cli.estimated import LATER, answered, compare, document, explain, show, told
from compare.billing.transfer import Cloud, internet
from compare.cost.bills import BatchCost, Bills, batch_cost, month_bills
from compare.cost.break_even import Curve, break_evens
from compare.cost.exact import text
from compare.cost.verdict import Answer, Candidate, answers
from compare.metering import assumed
from compare.metering.assumptions import PLANNED
from compare.metering.month import Month
from compare.metering.planned import Photos
from compare.prices.book import PriceBook
from core.errors import SettingsError
from core.recipes import load as load_recipe
from core.review.flags import ALWAYS
from core.workflow.granularity import pipeline_in

Stacks = Annotated[
    list[str],
    typer.Option(
        "--stack", "-s", help="A Pulumi stack; repeat to compare several.", autocompletion=stack_names
    ),
]
Volumes = Annotated[
    list[int],
    typer.Option(
        "--images-per-month", min=0, max=10**9, help="Photos a month, 0 if idle; repeat for several."
    ),
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="A setting in place of the config's: granularity=fused. Values with commas are compared.",
    ),
]

COLD_SHARE = Decimal("0.01")
BASIS = "Rests on list prices, step times measured on one vCPU, and what is assumed."


def estimate(
    stack: Stacks,
    images_per_month: Volumes,
    changes: Changes = None,
    megapixels: Annotated[Decimal, typer.Option(parser=size, help="Mean photo size.")] = Decimal(12),
    cold_share: Annotated[
        Decimal | None,
        typer.Option(
            parser=share,
            help="Share of photos with a cold start; 0.01, or with --sweep what is simulated.",
        ),
    ] = None,
    month: Annotated[
        int, typer.Option(min=1, max=120, help="Months since the first photos, which are all kept.")
    ] = 1,
    batch: Annotated[
        int, typer.Option(min=0, max=10**9, help="Photos in the store already, processed as batches.")
    ] = 0,
    egress_gb: Annotated[
        Decimal, typer.Option(parser=decimal, help="GB a month sent to the internet.")
    ] = Decimal(0),
    views_per_photo: ViewsPerPhoto = None,
    region: Regions = None,
    no_free_tier: NoFreeTier = False,
    terms: Terms = None,
    sweep_of: Annotated[
        str | None,
        typer.Option(
            "--sweep", help="Compare bill and latency by a setting: memoryMb, or memoryMb=512,1024."
        ),
    ] = None,
    runs: Annotated[
        Path | None,
        typer.Option(
            exists=True, file_okay=False, help="Take the latencies of --sweep from the runs in this folder."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Estimate a month's bill of one or several stacks, before they are deployed."""
    book = book_at(terms)
    changed = variants(changes or ())
    if runs and not sweep_of:
        raise typer.BadParameter(
            "--runs has the latencies of a sweep; add --sweep, such as --sweep memoryMb."
        )
    if sweep_of:
        configured = sweep.configured(stack, sweep_of, changed, book)
    else:
        configured = [read(name, change, book) for name in dict.fromkeys(stack) for change in changed]
    for each in configured:
        for key in each.encrypted:
            errors.print(f"{escape(key)} is encrypted; the estimate assumes its default.")
    _check(configured, megapixels, region or (), book)
    views = views_of(views_per_photo, front_door=any(each.stack.front_door for each in configured))

    def priced(each: Configured, planned: Month, age: int, images: int) -> Bills:
        sent = internet(cloud=cast(Cloud, each.stack.cloud), gb=egress_gb) if egress_gb else ()
        return month_bills(
            planned,
            images + batch,
            book,
            _regions(each, region or (), book),
            free_tier=not no_free_tier,
            age=age,
            more=sent,
        )

    if sweep_of:

        def swept(each: Configured, share: Decimal, images: int) -> Bills:
            photos = Photos(megapixels, share, views=views)
            return priced(each, _month(each, photos, batch), month, images)

        _sweep(
            {
                images: sweep.points(configured, images, megapixels, cold_share, swept, runs)
                for images in images_per_month
            },
            as_json,
        )
        return
    photos = Photos(megapixels, COLD_SHARE if cold_share is None else cold_share, views=views)
    months = {each.label: _month(each, photos, batch) for each in configured}
    curves: dict[str, Curve] = {
        each.label: cache(partial(priced, each, months[each.label], month)) for each in configured
    }
    batches = {each.label: _batch(each, months[each.label], batch, region or (), book) for each in configured}
    bills = {label: {images: found(images) for images in images_per_month} for label, found in curves.items()}
    candidates = [Candidate(each.label, each.stack, curves[each.label]) for each in configured]
    said = {images: answers(candidates, images, BASIS) for images in images_per_month}
    places = break_evens(curves)
    of_stacks = assumed((each.stack for each in configured), views)
    assumptions = tuple(dict.fromkeys((*of_stacks, *PLANNED)))
    if as_json:
        print_json(
            {
                "megapixels": f"{megapixels:f}",
                "cold_share": f"{photos.cold_share:f}",
                "month": month,
                "egress_gb": f"{egress_gb:f}",
                "batch": batch,
                "views_per_photo": views,
                "stacks": [document(each, bills[each.label], batches[each.label]) for each in configured],
                "answers": [{"images_per_month": images, **_answers(each)} for images, each in said.items()],
                "break_evens": [{**asdict(each), "amount": text(each.amount)} for each in places],
                "assumptions": [asdict(assumption) for assumption in assumptions],
            }
        )
        return
    told(batches)
    if len(configured) == 1:
        (one,) = configured
        for images, found in bills[one.label].items():
            later = priced(one, months[one.label], LATER, images) if month < LATER and images else None
            show(one.label, images, found, later)
            answered(said[images], ("largest",))
    else:
        compare(bills, said, places)
    shown = any(each.stack.front_door for each in configured)
    explain(assumptions, egress=bool(egress_gb), views=shown)


def _sweep(found: Mapping[int, Sequence[sweep.Point]], as_json: bool) -> None:
    """Print the points of a sweep, by volume."""
    if as_json:
        print_json([each for images, points in found.items() for each in sweep.document(points, images)])
        return
    for images, points in found.items():
        sweep.show(points, images)


def _answers(found: Sequence[Answer]) -> dict[str, str]:
    return {each.name: each.answer for each in found}


def _month(each: Configured, photos: Photos, batched: int) -> Month:
    """Return months of such photos; with review ``always``, a person approves every one."""
    settings = each.settings
    workflow = pipeline_in(settings.granularity, settings.review_seconds)
    asked = replace(photos, reviewed=settings.review == ALWAYS)
    return Month.planned(each.stack, workflow, load_recipe(settings.recipe), asked, batched)


def _batch(
    each: Configured, month: Month, photos: int, regions: Sequence[str], book: PriceBook
) -> BatchCost | None:
    """Return what batches of so many photos cost, or ``None`` if there are none."""
    return batch_cost(month, photos, book, _regions(each, regions, book)) if photos else None


def _check(
    configured: Sequence[Configured], megapixels: Decimal, regions: Sequence[str], book: PriceBook
) -> None:
    """Refuse photos that a stack would reject, and regions of clouds that no stack is on.

    Raises:
        SettingsError: A stack's limit is lower, or a region is of another cloud.
    """
    for each in configured:
        if megapixels * 10**6 > each.settings.max_pixels:
            raise SettingsError(
                f"A photo of {megapixels:,f} megapixels is rejected by {each.label}: maxPixels is "
                f"{each.settings.max_pixels:,}."
            )
    clouds = {each.stack.cloud for each in configured}
    for region in regions:
        owner = next((cloud for cloud in book.home_regions if region in book.regions(cloud)), None)
        if owner and owner not in clouds:
            raise SettingsError(f"The region {region} is of {owner}; no stack named here is on that cloud.")


def _regions(each: Configured, named: Sequence[str], book: PriceBook) -> list[str]:
    """Return the region to price the stack in: a named one of its cloud, else that of its config."""
    known = [cloud for cloud in book.home_regions if cloud != each.stack.cloud]
    own = [region for region in named if not any(region in book.regions(cloud) for cloud in known)]
    return own or [each.stack.region]

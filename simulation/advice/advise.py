"""Rank every variant by its bill and its simulated latency.

A variant's bill is that of ``twinlens estimate`` for its stack, with the share of cold starts that the
simulation found. Every draw of the parameters gives each variant a latency, failures and a bill within its
bounds; the variants of one cloud share what is not known about that cloud. The variant that is cheapest among
those that keep the objective wins the draw.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from compare.cost.bills import Bills, month_bills
from compare.cost.frontier import frontier
from compare.metering.month import Month
from compare.metering.planned import Photos as PlannedPhotos
from compare.prices.book import PriceBook
from core.recipes import load as load_recipe
from core.workflow.granularity import pipeline_in
from simulation.advice.outlook import Outlook, outlook
from simulation.advice.variants import Door, Variant, variants
from simulation.book import Z90, Book, Values
from simulation.streams import Streams
from simulation.workload import Arrivals, Photos, Profile, Workload

SECONDS_PER_MONTH = 730 * 3600
JOBS = 300  # simulated of each variant and draw
DRAWS = 16
THOROUGH_DRAWS = 100
BUSY = 1.5  # the busiest hour of a daily profile, times the mean


@dataclass(frozen=True)
class Question:
    """What is asked: photos a month, how they arrive, their sizes, the objective, and the front door."""

    images: int
    profile: Profile
    photos: Photos
    p95_s: float
    most_failures: float
    recipe: str = "gallery"
    seed: int = 0
    door: Door = field(default_factory=Door)

    @property
    def arrivals(self) -> Arrivals:
        """Return the arrivals that are simulated: of a daily profile, those of its busiest hour."""
        rate = max(self.images, 1) / SECONDS_PER_MONTH
        if self.profile == "daily":
            rate *= BUSY
        kind: Profile = "rate" if self.profile == "rate" else "poisson"
        hours = JOBS / rate / 3600
        return Arrivals(kind=kind, rate_per_second=rate, hours=hours, via_api=self.door.front_door)


@dataclass(frozen=True)
class Ranked:
    """A variant with what was simulated of it and its bills, and the share of draws it wins and keeps."""

    variant: Variant
    simulated: Outlook
    bills: Bills
    wins: float
    meets: float

    def bill(self, normal: float) -> float:
        """Return a bill within the bounds, for a standard normal number of its cloud."""
        expected = float(self.bills.expected)
        bound = float(self.bills.low if normal < 0 else self.bills.high)
        return expected + (bound - expected) * min(1.0, abs(normal) / Z90)


@dataclass(frozen=True)
class Advice:
    """The variants from the best to the worst, and those that no other beats in both bill and latency."""

    question: Question
    ranked: tuple[Ranked, ...]
    frontier: tuple[Ranked, ...]
    draws: int

    @property
    def best(self) -> Ranked | None:
        """Return the cheapest variant that keeps the objective, if any does."""
        first = self.ranked[0]
        return first if keeps(first, self.question, 0) else None


def advise(
    question: Question,
    book: Book,
    prices: PriceBook,
    *,
    draws: int = DRAWS,
    progress: Callable[[float], None] = lambda share: None,
) -> Advice:
    """Simulate and price every variant, and rank them."""
    unknown, values = draw(question, book, draws)
    simulated: dict[Workload, Outlook] = {}
    made = []
    chosen = list(variants())
    for number, variant in enumerate(chosen):
        workload = variant.workload(question.arrivals, question.photos, question.recipe, question.seed)
        if workload not in simulated:
            simulated[workload] = outlook(workload, values)
        made.append(_ranked(variant, simulated[workload], question, prices))
        progress((number + 1) / len(chosen))
    return _decided(question, made, unknown)


def draw(question: Question, book: Book, draws: int) -> tuple[list[dict[str, float]], list[Values]]:
    """Return what is unknown of each cloud and the parameters, by draw; the first has the book's values."""
    normals = Streams(question.seed).generator("advice")
    clouds = sorted({each.cloud for each in variants()})
    unknown = [dict.fromkeys(clouds, 0.0)]
    unknown += [
        dict(zip(clouds, normals.standard_normal(len(clouds)).tolist(), strict=True)) for _ in range(draws)
    ]
    return unknown, [book.values(), *(book.draw(normals) for _ in range(draws))]


def _ranked(variant: Variant, simulated: Outlook, question: Question, prices: PriceBook) -> Ranked:
    stack = variant.stack(prices.home_regions[variant.cloud], question.door)
    size = Decimal(str(question.photos.median))
    photos = PlannedPhotos(size, simulated.cold_share, views=question.door.views)
    recipe = load_recipe(question.recipe)
    month = Month.planned(stack, pipeline_in(variant.granularity), recipe, photos)
    return Ranked(variant, simulated, month_bills(month, question.images, prices, [stack.region]), 0.0, 0.0)


def keeps(ranked: Ranked, question: Question, draw: int) -> bool:
    """Return whether the variant keeps the objective in a draw; draw 0 has the book's values."""
    return (
        ranked.simulated.p95_s[draw] <= question.p95_s
        and ranked.simulated.failed[draw] <= question.most_failures
    )


def _decided(question: Question, made: Sequence[Ranked], unknown: Sequence[Mapping[str, float]]) -> Advice:
    """Count who wins each draw, and sort: who keeps the objective first, the cheapest of them in front."""
    draws = range(1, len(unknown))
    wins = dict.fromkeys((each.variant for each in made), 0)
    for draw in draws:
        able = [each for each in made if keeps(each, question, draw)]
        if able:
            winner = min(able, key=lambda each: each.bill(unknown[draw][each.variant.cloud]))
            wins[winner.variant] += 1
    counted = [
        Ranked(
            each.variant,
            each.simulated,
            each.bills,
            wins[each.variant] / max(1, len(draws)),
            sum(keeps(each, question, draw) for draw in draws) / max(1, len(draws)),
        )
        for each in made
    ]
    ranked = sorted(
        counted, key=lambda each: (not keeps(each, question, 0), each.bills.expected, each.simulated.p95_s[0])
    )
    unbeaten = frontier(counted, lambda each: (each.bills.expected, each.simulated.p95_s[0]))
    return Advice(question, tuple(ranked), tuple(unbeaten), len(draws))

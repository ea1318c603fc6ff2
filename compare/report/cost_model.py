"""What a report says of money, and of the time that functions are billed for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from compare.statistics import Proportion


@dataclass(frozen=True)
class CostLine:
    """One meter's part of what photos cost, in US dollars.

    ``quantity``, ``amount``, ``low`` and ``high`` are of a thousand photos without free tiers; ``low`` and
    ``high`` differ from ``amount`` only where the price is unconfirmed. ``price`` is that of the first of
    ``tiers`` tiers, for each ``per``. ``month`` and ``month_with_free_tier`` are of a month's photos.
    """

    meter: str
    title: str
    purpose: str
    quantity: Decimal
    unit: str
    formula: str
    price: Decimal
    per: str
    tiers: int
    amount: Decimal
    low: Decimal
    high: Decimal
    month: Decimal
    month_with_free_tier: Decimal
    status: str
    source: str
    url: str
    date: str


@dataclass(frozen=True)
class VolumePoint:
    """What ``images`` photos a month cost in US dollars, with free tiers."""

    images: int
    amount: Decimal


@dataclass(frozen=True)
class Cost:
    """What photos like a run's cost in US dollars, by the thousand and by the month.

    ``unconfirmed`` names the meters whose price is; ``per_thousand_low`` and ``per_thousand_high`` bound the
    cost for that.
    """

    label: str
    region: str
    per_thousand: Decimal
    per_thousand_low: Decimal
    per_thousand_high: Decimal
    by_purpose: dict[str, Decimal]
    images_per_month: int
    month: Decimal
    month_with_free_tier: Decimal
    unconfirmed: tuple[str, ...]
    lines: tuple[CostLine, ...]
    volumes: tuple[VolumePoint, ...]


@dataclass(frozen=True)
class BreakEven:
    """Up to ``images`` photos a month ``below`` costs less, beyond that ``above``, with free tiers.

    There both cost ``amount`` US dollars a month.
    """

    images: int
    amount: Decimal
    below: str
    above: str


@dataclass(frozen=True)
class FunctionTime:
    """GB-seconds that functions are billed for a thousand photos, from ``jobs`` warm jobs.

    ``billed`` is for each by itself. ``as_sent`` is for all jobs of the same photos as they came: cold starts
    are billed too, and an instance with several under way once. ``least`` would be billed for each by itself
    if no step took any time.
    ``compute`` and ``moving`` are the parts of ``billed`` in which steps computed and waited for bytes.
    ``rest`` is what the platform's minimums, rounding and the orchestrator's own work add, less what a job's
    steps do side by side on one instance.
    """

    label: str
    jobs: int
    billed: float
    as_sent: float
    least: float
    compute: float
    moving: float
    rest: float


@dataclass(frozen=True)
class Fusion:
    """What the fused granularity is billed, as a share of what the same stack is billed stepwise.

    Only photos with warm jobs in both runs count. Each job is metered as if it had its instances to itself.
    """

    stepwise: FunctionTime
    fused: FunctionTime
    share: Proportion

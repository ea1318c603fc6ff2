"""The report's data on cost, and on the time that functions are billed for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from compare.cost.bills import BatchCost
from compare.statistics import Proportion


@dataclass(frozen=True)
class CostLine:
    """The cost of one meter in US dollars.

    ``quantity``, ``amount``, ``low`` and ``high`` are for a thousand photos without free tiers; ``low`` and
    ``high`` differ from ``amount`` only where the price is unconfirmed. ``price`` is the unit price, per
    ``per``, in the first of ``tiers`` tiers. ``month`` and ``month_with_free_tier`` are for a month's photos.
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
    """The cost of ``images`` photos a month in US dollars, with free tiers, and its bounds."""

    images: int
    amount: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Cost:
    """The cost in US dollars of photos like those of a run, per thousand and per month.

    The bounds cover unconfirmed prices and what no trace contains; ``unconfirmed`` names the meters with an
    unconfirmed price. ``month_low`` and ``month_high`` bound ``month_with_free_tier``. A run of a batch has
    the cost of that ``batch``.
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
    month_low: Decimal
    month_high: Decimal
    unconfirmed: tuple[str, ...]
    lines: tuple[CostLine, ...]
    volumes: tuple[VolumePoint, ...]
    batch: BatchCost | None = None


@dataclass(frozen=True)
class FunctionTime:
    """GB-seconds billed for the functions per thousand photos, from ``jobs`` warm jobs.

    ``billed`` counts each job as if it ran alone. ``as_sent`` counts all jobs of the same photos as they were
    sent: cold starts are billed too, and time that jobs share on one instance is billed once. ``least`` is
    what each job alone would be billed if its steps took no time.
    ``compute`` and ``moving`` are the parts of ``billed`` in which steps computed and waited for bytes.
    ``rest`` is what the platform's minimums, rounding and the orchestrator's own work add, minus the time
    that parallel steps of a job share on one instance.
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
    """The GB-seconds billed in the fused granularity, as a share of those billed stepwise on the same stack.

    Only photos with warm jobs in both runs count. Each job is metered as if it ran alone.
    """

    stepwise: FunctionTime
    fused: FunctionTime
    share: Proportion


@dataclass(frozen=True)
class UnitPrice:
    """A meter's price in US dollars for ``per`` units, by tier: (units from which it applies, price).

    ``free`` units a month are free, shared by the meters of one ``pool``. A commitment covers ``committed``
    more for its ``fee``, which is due whatever is used. ``low`` and ``high`` are factors that bound an
    unconfirmed price.
    """

    title: str
    purpose: str
    per: float
    tiers: tuple[tuple[float, float], ...]
    free: float
    pool: str
    low: float
    high: float
    committed: float
    fee: float


@dataclass(frozen=True)
class Usage:
    """A run's usage of a month by its photos, as knots of straight lines: see :mod:`compare.cost.knots`.

    ``stack`` is equal for runs of equal stacks but for their granularity. ``meters`` has the knots by size of
    the photos, bound and meter.
    """

    label: str
    cloud: str
    region: str
    stack: str
    granularity: str
    meters: dict[str, dict[str, dict[str, tuple[tuple[int, float], ...]]]]


@dataclass(frozen=True)
class BillModel:
    """All that the bill of any volume, photo size and region is worked out from: usage times prices."""

    sizes: dict[str, str]
    regions: dict[str, tuple[str, ...]]
    prices: dict[str, dict[str, UnitPrice]]
    usages: tuple[Usage, ...]

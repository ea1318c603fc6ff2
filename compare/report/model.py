"""The report's data model: HTML, Markdown, JSON and the terminal all print these values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from compare.clock import ClockOffset
from compare.collecting.comparison import BilledRun
from compare.cost.break_even import BreakEven
from compare.cost.verdict import Answer
from compare.metering.assumptions import Assumption
from compare.report.cost_model import BillModel, Cost, Fusion
from compare.report.forecast import Forecast
from compare.run import PhotoFile, Run
from compare.statistics import Quantile, Ratio, Spread
from compare.timeline import Timeline

FORMAT = 1


@dataclass(frozen=True)
class Latency:
    """The distribution of one duration over ``count`` jobs, in milliseconds."""

    count: int
    mean: float | None
    quantiles: tuple[Quantile, ...]


@dataclass(frozen=True)
class Counts:
    """The number of uploads of a run by final state; warm-up uploads count only in ``warm_up``."""

    uploads: int
    succeeded: int
    rejected: int
    refused: int
    expired: int
    failed: int
    lost: int
    warm_up: int


@dataclass(frozen=True)
class Point:
    """A point of a cumulative distribution: the share ``share`` (0 to 1) of the jobs took ``ms`` or less."""

    ms: float
    share: float


@dataclass(frozen=True)
class Sample:
    """One job: when it was sent, in seconds since the run began, its end-to-end time, and if it was cold."""

    at_s: float
    ms: float
    cold: bool


@dataclass(frozen=True)
class RunReport:
    """The results of one run.

    Latencies are those of succeeded jobs outside the warm-up. ``segments`` are the mean parts of the
    end-to-end time and add up to its mean; ``steps`` are the durations of the steps. ``review`` is how long
    jobs waited for a person, and ``asking`` how long the front door took to answer who asked for an upload:
    no other time contains them. ``curve`` is the
    cumulative distribution of the end-to-end time, thinned to a few hundred points, and ``over_time`` some
    of the jobs in the order in which they were sent.
    """

    label: str
    run: Run
    counts: Counts
    clock: ClockOffset | None
    end_to_end: Latency
    cold: Latency
    warm: Latency
    overhead: Latency
    critical_path: Latency
    review: Latency
    asking: Latency
    segments: dict[str, float]
    steps: dict[str, Latency]
    spread: Spread | None
    curve: tuple[Point, ...]
    over_time: tuple[Sample, ...]


@dataclass(frozen=True)
class PhotoResult:
    """The result of a photo in one run: its only job, or the job of median time out of ``jobs``."""

    label: str
    job: str
    jobs: int
    state: str
    error: str | None
    reason: str | None
    bytes_in: int
    bytes_out: int
    timeline: Timeline | None


@dataclass(frozen=True)
class PhotoReport:
    """The results of one photo in all runs.

    ``renditions`` names the pictures made from it; ``outputs`` says whether all runs made the same bytes, if
    that is known.
    """

    photo: PhotoFile
    renditions: tuple[str, ...]
    outputs: Literal["equal", "different", "unknown"]
    results: tuple[PhotoResult, ...]


@dataclass(frozen=True)
class Comparison:
    """A comparison of two runs: the ratios of quantiles of their end-to-end times, and what explains them.

    ``contributions`` are the differences of the mean segments, second minus first, largest first.
    """

    first: str
    second: str
    ratios: tuple[Ratio, ...]
    contributions: dict[str, float]


@dataclass(frozen=True)
class Report:
    """The whole report.

    ``notice`` says where the times were measured and what can be concluded from them; ``place`` says it in
    three words. ``answers`` are the first screen; ``terms`` explain the settings that it names.
    ``bill_model`` has what bills of other volumes are worked out from. ``billed`` has the runs for which the
    platform's reported usage was collected. ``forecast`` is simulated, and rests on none of the runs.
    """

    title: str
    made_at: str
    place: str
    notice: str
    summary: tuple[str, ...]
    answers: tuple[Answer, ...]
    terms: dict[str, str]
    images_per_month: int
    runs: tuple[RunReport, ...]
    photos: tuple[PhotoReport, ...]
    comparisons: tuple[Comparison, ...]
    costs: tuple[Cost, ...]
    bill_model: BillModel
    break_evens: tuple[BreakEven, ...]
    fusions: tuple[Fusion, ...]
    billed: tuple[BilledRun, ...]
    notes: tuple[str, ...]
    assumptions: tuple[Assumption, ...]
    forecast: Forecast | None = None
    format: int = FORMAT

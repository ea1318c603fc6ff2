"""Build a report from run folders."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from compare.collecting.comparison import compare
from compare.cost.break_even import break_evens
from compare.folder import RunFolder
from compare.metering import Stack, assumed
from compare.metering.viewing import VIEWS
from compare.prices.book import PriceBook
from compare.prices.reading import load
from compare.report.answers import answers, terms
from compare.report.bill_model import bill_model
from compare.report.costs import candidates, cost, priced
from compare.report.forecast import Forecast
from compare.report.fusion import fusions
from compare.report.labels import labels, title
from compare.report.latency import bursts, run_report
from compare.report.measured import MeasuredRun, measure
from compare.report.model import Comparison, Report, RunReport
from compare.report.photos import photo_reports
from compare.report.summary import summary
from compare.report.words import NOTES, notice, place
from compare.run import RunError
from compare.statistics import compare_all
from core.trace import now

RATIO_QUANTILES = (0.5, 0.95)
IMAGES_PER_MONTH = 100_000


def build(
    folders: Sequence[RunFolder],
    images_per_month: int = IMAGES_PER_MONTH,
    forecast: Forecast | None = None,
    book: PriceBook | None = None,
    views: int = VIEWS,
) -> Report:
    """Compare every pair of runs, and price each run at ``images_per_month``.

    A ``forecast`` gets a section of its own. ``book`` has the prices, by default those of the lists. Behind a
    front door, the results of a photo are looked at ``views`` times.

    Raises:
        RunError: A run has no jobs, or contains an invalid time.
    """
    for folder in folders:
        if not folder.jobs:
            raise RunError(f"{folder.path} contains no jobs: nothing was measured yet.")
    names = labels([folder.run for folder in folders])
    measured = [measure(folder, name) for folder, name in zip(folders, names, strict=True)]
    runs = tuple(run_report(each) for each in measured)
    photos = photo_reports(measured)
    comparisons = _comparisons(measured, runs)
    book = book or load()
    billed = [each for run in measured if (each := priced(run, book, views))]
    costs = tuple(cost(each, images_per_month) for each in billed)
    stacks = candidates(billed)
    return Report(
        title=title(folder.run for folder in folders),
        made_at=now(),
        place=place([folder.run for folder in folders]),
        notice=notice([folder.run for folder in folders]),
        summary=summary(runs, photos, billed),
        answers=answers(stacks, images_per_month, runs, comparisons),
        terms=terms([folder.run for folder in folders]),
        images_per_month=images_per_month,
        runs=runs,
        photos=photos,
        comparisons=comparisons,
        costs=costs,
        bill_model=bill_model(billed, book),
        break_evens=break_evens({each.label: each.curve for each in stacks}),
        fusions=fusions(measured),
        billed=tuple(
            compare(name, folder, folder.billed)
            for name, folder in zip(names, folders, strict=True)
            if folder.billed
        ),
        notes=NOTES,
        assumptions=assumed((Stack.of(folder.run) for folder in folders), views),
        forecast=forecast,
    )


def _comparisons(measured: Sequence[MeasuredRun], runs: Sequence[RunReport]) -> tuple[Comparison, ...]:
    """Compare every two runs."""
    samples = [bursts(each) for each in measured]
    ratios = [compare_all(samples, p) for p in RATIO_QUANTILES]
    return tuple(
        Comparison(
            first=runs[one].label,
            second=runs[other].label,
            ratios=tuple(found[one, other] for found in ratios),
            contributions=_changes(runs[one], runs[other]),
        )
        for one, other in combinations(range(len(runs)), 2)
    )


def _changes(before: RunReport, after: RunReport) -> dict[str, float]:
    """Return the differences of the mean segments, largest first."""
    changes = {name: after.segments[name] - ms for name, ms in before.segments.items() if after.segments}
    return dict(sorted(changes.items(), key=lambda change: -abs(change[1])))

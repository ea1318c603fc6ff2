"""What the report says in sentences: where it was measured, what came out, and why runs differ."""

from __future__ import annotations

from collections.abc import Sequence

from compare.cost.exact import dollars
from compare.metering.assumptions import Assumption
from compare.report.model import Comparison, Cost, PhotoReport, RunReport
from compare.run import Run
from compare.statistics import Ratio

SEGMENT_WORDS = {
    "delivery": "delivering the event",
    "gap": "waiting between steps",
    "download": "downloading",
    "compute": "computing",
    "upload": "uploading",
    "record": "recording the end",
}

EMULATOR_NOTICE = (
    "Measured on emulators on one machine: these times compare how the two workflows are built, "
    "and say nothing of the clouds' own speed."
)
CLOUD_NOTICE = "Measured on the clouds named with each run."
MIXED_NOTICE = (
    "Some of these runs were measured on emulators, some on real clouds: "
    "a time from an emulator says nothing of a cloud's own speed."
)


ASSUMPTIONS = (
    "End to end runs from the last byte that the client sent to the final state in the ledger. A workflow "
    "may begin before the store has answered the client; its delivery then took no time.",
    "Only succeeded jobs outside the warm-up count. A job is cold if any of its steps was the first of its "
    "worker.",
    "Within a step downloads and uploads are added up, and drawn before and after the computing.",
    "The critical path is the chain of steps that the end waited for; overhead is the rest of the workflow.",
    "Quantiles have 95 % confidence intervals from order statistics, or none where the samples are too few. "
    "Two runs are called different only where a bootstrap interval of their ratio excludes 1; it draws whole "
    "bursts before it draws jobs, since the jobs of one burst influence each other.",
    "Costs are metered from the traces of these runs by each platform's own rules, and priced from the price "
    "book, which has list prices. "
    "Functions are billed for the time that steps took where they were measured: "
    "on an emulator that is this machine's pace.",
)


def notice(runs: Sequence[Run]) -> str:
    """Say where the times were measured and what they are worth."""
    places = {run.where for run in runs}
    if places == {"emulator"}:
        return EMULATOR_NOTICE
    return CLOUD_NOTICE if places == {"cloud"} else MIXED_NOTICE


def labels(runs: Sequence[Run]) -> list[str]:
    """Name each run by what sets it apart: its stack, then its settings, then its own name."""
    for names in (
        [run.stack for run in runs],
        [f"{run.stack} {run.orchestrator} {run.granularity} {run.memory_mb} MB" for run in runs],
        [f"{run.stack} {run.name}" for run in runs],
    ):
        if len(set(names)) == len(names):
            return names
    return [f"{run.stack} {number}" for number, run in enumerate(runs, start=1)]


def summary(
    runs: Sequence[RunReport],
    photos: Sequence[PhotoReport],
    compared: Sequence[Comparison],
    costs: Sequence[Cost],
) -> tuple[str, ...]:
    """Sum the report up: what happened to the photos, how long it took and why, what it costs."""
    reasons = [why(each) for each in compared[:1] if each.contributions]
    return (
        _fate(runs, photos),
        " ".join((_speed(runs), *reasons)),
        *([_price(costs, runs)] if costs else []),
    )


def _fate(runs: Sequence[RunReport], photos: Sequence[PhotoReport]) -> str:
    counts = [run.counts for run in runs]
    endings = {
        word: sum(getattr(each, word) for each in counts)
        for word in ("succeeded", "rejected", "failed", "lost")
    }
    told = listed([f"{number:,} {word}" for word, number in endings.items() if number])
    uploads = sum(each.uploads for each in counts)
    names = listed([run.label for run in runs])
    sentence = f"{len(photos)} photos made {uploads:,} uploads to {names}: {told}"
    compared = [photo.outputs for photo in photos if photo.outputs != "unknown"]
    if not compared:
        return sentence + "."
    same = "every photo's outputs are equal byte for byte"
    differ = f"{compared.count('different')} photos' outputs differ"
    return f"{sentence}; {differ if 'different' in compared else same}."


def _speed(runs: Sequence[RunReport]) -> str:
    told = [f"{duration(middle)} on {run.label}" for run in runs if (middle := median(run)) is not None]
    if not told:
        return "No job succeeded, so there is no time to report."
    return f"From upload to recorded result half of the photos took at most {listed(told)}."


def _price(costs: Sequence[Cost], runs: Sequence[RunReport]) -> str:
    told = listed([f"{amount(each)} on {each.label}" for each in costs])
    ranges = "; a range comes from prices that are not confirmed" if " to " in told else ""
    emulated = any(run.run.where == "emulator" for run in runs)
    pace = ", if functions take the time they took on this machine" if emulated else ""
    return f"A thousand such photos cost {told} at list prices without free tiers{pace}{ranges}."


def amount(cost: Cost) -> str:
    """Return what a thousand photos cost: a range where a price is unconfirmed."""
    low, high = dollars(cost.per_thousand_low), dollars(cost.per_thousand_high)
    return low if low == high else f"{low} to {high}"


def assumed(assumption: Assumption) -> str:
    """Say what metering assumed and why."""
    return f"Metering assumes {assumption.value:,} {assumption.text}. {assumption.reason}"


def why(comparison: Comparison) -> str:
    """Say in words what makes the mean times of two runs differ, the three largest parts of it."""
    total = sum(comparison.contributions.values())
    slower, faster = (
        (comparison.second, comparison.first) if total > 0 else (comparison.first, comparison.second)
    )
    parts = [
        f"{'+' if change * total > 0 else '-'}{duration(abs(change))} {SEGMENT_WORDS[name]}"
        for name, change in list(comparison.contributions.items())[:3]
    ]
    return f"On average {slower} took {duration(abs(total))} longer than {faster}: {listed(parts)}."


def verdict(comparison: Comparison, ratio: Ratio) -> str:
    """Say whether one run's quantile is really smaller, or why that cannot be said."""
    which = "median" if ratio.p == 0.5 else f"{100 * ratio.p:.0f} % quantile"
    first, second = comparison.first, comparison.second
    if ratio.value is None:
        return f"There are too few samples to compare the {which} of {first} and {second}."
    held = f"{ratio.value:.2f} times that of {second} (95 % interval {ratio.low:.2f} to {ratio.high:.2f})"
    if ratio.smaller == "undecided":
        return f"The {which} of {first} is {held}: no difference can be claimed."
    return f"The {which} of {first} is {held}: {first if ratio.smaller == 'first' else second} was faster."


def clocks(run: RunReport) -> str:
    """Say how far the platform's clock and the client's are apart, and what was done about it."""
    if run.clock is None:
        where = "an emulator shares the client's" if run.run.where == "emulator" else "no job tells of them"
        return f"Clocks of {run.label}: {where}."
    low, high = (f"{each:+,.0f}" for each in (run.clock.low_ms, run.clock.high_ms))
    taken = "nothing is taken off its times, since 0 lies between"
    if run.clock.correction_ms:
        taken = f"{run.clock.correction_ms:+,.0f} ms are taken off its times"
    moved = " One of the clocks was set during the run, so its times are doubtful." if run.clock.moved else ""
    return (
        f"Clocks of {run.label}: the platform's is {low} to {high} ms ahead of the client's, from when "
        f"uploads were sent and when the store stamped them; {taken}.{moved}"
    )


def median(run: RunReport) -> float | None:
    """Return the median of the run's end-to-end time in milliseconds."""
    return next(each.value for each in run.end_to_end.quantiles if each.p == 0.5)


def duration(ms: float | None) -> str:
    """Return milliseconds for a reader: "85 ms", "1.24 s", "18.6 s"."""
    if ms is None:
        return "-"
    if abs(ms) < 1000:
        return f"{ms:,.0f} ms"
    return f"{ms / 1000:,.2f} s" if abs(ms) < 10_000 else f"{ms / 1000:,.1f} s"


def tick(ms: float) -> str:
    """Return a round number of milliseconds as an axis shows it: "0", "500 ms", "2.5 s"."""
    if ms == 0:
        return "0"
    return f"{ms:g} ms" if ms < 1000 else f"{ms / 1000:g} s"


def size(count: int) -> str:
    """Return bytes for a reader, in powers of 1,000: "512 B", "34 kB", "4.2 MB"."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does: "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""

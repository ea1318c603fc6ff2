"""What the report says in sentences: where it was measured, what came out, and why runs differ."""

from __future__ import annotations

from collections.abc import Sequence

from compare.cost.exact import dollars
from compare.report.cost_model import Cost, Fusion
from compare.report.figures import duration, listed
from compare.report.model import Comparison, RunReport
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

# Of what warm jobs are billed one by one: a smaller difference to what they were billed as sent is not told.
MATTERS = 0.1


NOTES = (
    "End to end runs from the last byte that the client sent to the final state in the ledger. A workflow "
    "may begin before the store has answered the client; its delivery then took no time.",
    "Only succeeded jobs outside the warm-up count. A job is cold if any of its steps was the first of its "
    "worker.",
    "Within a step, what it waited for downloads and for uploads is added up, and drawn before and after the "
    "computing: finished pictures are uploaded while the next is made, and only what is left is waited for.",
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


def place(runs: Sequence[Run]) -> str:
    """Say in three words where the times were measured."""
    places = {run.where for run in runs}
    if len(places) > 1:
        return "Emulators and clouds"
    return "Measured on emulators" if "emulator" in places else "Measured on clouds"


def amount(cost: Cost) -> str:
    """Return what a thousand photos cost: a range where a price is unconfirmed."""
    low, high = dollars(cost.per_thousand_low), dollars(cost.per_thousand_high)
    return low if low == high else f"{low} to {high}"


def why(comparison: Comparison) -> str:
    """Say in words what makes the mean times of two runs differ, the three largest parts of it.

    One is called slower only where the interval of their medians' ratio excludes 1.
    """
    total = sum(comparison.contributions.values())
    slower, faster = (
        (comparison.second, comparison.first) if total > 0 else (comparison.first, comparison.second)
    )
    parts = listed(
        [
            f"{'+' if change * total > 0 else '-'}{duration(abs(change))} {SEGMENT_WORDS[name]}"
            for name, change in list(comparison.contributions.items())[:3]
        ]
    )
    if any(ratio.p == 0.5 and ratio.smaller != "undecided" for ratio in comparison.ratios):
        return f"On average {slower} took {duration(abs(total))} longer than {faster}: {parts}."
    return (
        f"The means of {slower} and {faster} are {duration(abs(total))} apart, which may be chance: {parts}."
    )


def saved(fusion: Fusion) -> str:
    """Say what fusing saves of the billed GB-seconds, and what of."""
    stepwise, fused, share = fusion.stepwise, fusion.fused, fusion.share
    told = f"{fused.label} is billed {share.value:.2f} times the GB-seconds of {stepwise.label}"
    if share.low is None or share.high is None:
        held = f"{told} for {share.pairs} photos, too few to call that a difference"
    else:
        held = f"{told} (95 % interval {share.low:.2f} to {share.high:.2f}, {share.pairs} photos)"
        if share.low <= 1 <= share.high:
            held += ", so no difference can be claimed"
    computing = (
        f"computing takes {fused.compute / stepwise.compute:.2f} times as much" if stepwise.compute else ""
    )
    moving = f"moving bytes {fused.moving / stepwise.moving:.2f} times" if stepwise.moving else ""
    fixed = (
        f"and {fused.rest / fused.billed:.0%} of what is left are minimums, rounding and bookkeeping, "
        f"which no code can make smaller: a thousand photos, one by one, are "
        f"billed {fused.least:,.0f} at least"
        if fused.rest > 0.1 * fused.billed
        else ""
    )
    parts = ", ".join(filter(None, (computing, moving, fixed)))
    return f"{held}: {parts}.{_as_sent(fusion)}" if parts else f"{held}.{_as_sent(fusion)}"


def _as_sent(fusion: Fusion) -> str:
    """Say what it is with cold starts and shared instances, if those make a difference on either side."""
    stepwise, fused = fusion.stepwise, fusion.fused
    if all(abs(each.as_sent - each.billed) < MATTERS * each.billed for each in (stepwise, fused)):
        return ""
    return (
        " As they were sent, with cold starts and with instances that several shared, it is "
        f"{fused.as_sent / stepwise.as_sent:.2f} times, {fused.as_sent:,.0f} of {stepwise.as_sent:,.0f}."
    )


def quantile_name(ratio: Ratio) -> str:
    """Return what a ratio is of."""
    return "median" if ratio.p == 0.5 else f"{100 * ratio.p:.0f} % quantile"


def decided(comparison: Comparison, ratio: Ratio) -> str:
    """Say which run was faster where the interval excludes 1, else why that cannot be said."""
    if ratio.value is None:
        return "too few samples"
    if ratio.smaller == "undecided":
        return "no difference can be claimed"
    return f"{comparison.first if ratio.smaller == 'first' else comparison.second} was faster"


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

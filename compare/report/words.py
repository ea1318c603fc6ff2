"""The report's sentences: where it was measured, what was found, and why runs differ."""

from __future__ import annotations

from collections.abc import Sequence

from compare.cost.exact import ranged
from compare.figures import duration, listed
from compare.report.cost_model import Cost, Fusion
from compare.report.model import Comparison, RunReport
from compare.run import Run, Where
from compare.statistics import Ratio

SEGMENT_WORDS = {
    "delivery": "delivering the event",
    "gap": "waiting between steps",
    "download": "downloading",
    "compute": "computing",
    "upload": "uploading",
    "record": "recording the result",
}

EMULATOR_NOTICE = (
    "Measured on emulators on one machine: these times compare how the two workflows are built, "
    "and say nothing about the speed of the clouds."
)
CLOUD_NOTICE = "Measured on the clouds named with each run."
MIXED_NOTICE = (
    "Some of these runs were measured on emulators, some on real clouds: "
    "a time from an emulator says nothing about the speed of a cloud."
)
SIMULATED_NOTICE = (
    "Simulated, not measured: these times are predictions of models that were calibrated on published "
    "measurements."
)
PARTLY_SIMULATED_NOTICE = (
    "Some of these runs were simulated, not measured: their times are predictions, and cannot be compared "
    "with times of emulators."
)
PLACES: dict[Where, tuple[str, str]] = {
    "emulator": ("Measured on emulators", "emulators"),
    "cloud": ("Measured on clouds", "clouds"),
    "simulated": ("Simulated", "simulation"),
}

# The share of the GB-seconds billed for warm jobs alone below which the difference to "as sent" is left out.
MATTERS = 0.1


NOTES = (
    "End to end runs from the last byte that the client sent to the final state in the ledger. A workflow "
    "may begin before the store has answered the client; its delivery then took no time.",
    "Only succeeded jobs outside the warm-up count. A job is cold if any of its steps was the first on its "
    "worker.",
    "Within a step, the times spent waiting for downloads and for uploads are added up, and drawn before and "
    "after computing: a step uploads finished pictures while it makes the next one, and waits only "
    "for the rest.",
    "The critical path is the sequence of steps that determined when the job ended; overhead is the rest of "
    "the workflow's time.",
    "Quantiles have 95 % confidence intervals from order statistics, or none if there are too few samples. "
    "Two runs are called different only if a bootstrap interval of their ratio excludes 1; it draws whole "
    "bursts before it draws jobs, since the jobs of one burst influence each other.",
    "Costs are metered from the traces of these runs by each platform's billing rules, and priced at list "
    "prices from the price book; rejected files are left out. "
    "Functions are billed for the time that steps took where they were measured: "
    "on an emulator, the speed of this machine. "
    "A month adds what the stack costs anyway and what waiting instances poll; `twinlens estimate` uses the "
    "same model. Ranges cover unconfirmed prices and the assumptions that have bounds, above all how Azure "
    "fits photos onto instances. Internet egress beyond the views of a front "
    "door, tax, discounts and support are left out.",
)


def notice(runs: Sequence[Run]) -> str:
    """Say where the times were measured and what can be concluded from them."""
    places = {run.where for run in runs}
    if "simulated" in places:
        extrapolated = [f" {run.name} is {run.rests_on}." for run in runs if "extrapolated" in run.rests_on]
        return "".join((SIMULATED_NOTICE if len(places) == 1 else PARTLY_SIMULATED_NOTICE, *extrapolated))
    if places == {"emulator"}:
        return EMULATOR_NOTICE
    return CLOUD_NOTICE if places == {"cloud"} else MIXED_NOTICE


def place(runs: Sequence[Run]) -> str:
    """Say in three words where the times were measured."""
    places = [each for each in PLACES if any(run.where == each for run in runs)]
    if len(places) == 1:
        return PLACES[places[0]][0]
    return listed([PLACES[each][1] for each in places]).capitalize()


def amount(cost: Cost) -> str:
    """Return the cost of a thousand photos with its range."""
    return ranged(cost.per_thousand, cost.per_thousand_low, cost.per_thousand_high)


def month(cost: Cost) -> str:
    """Return the cost of a month with its range."""
    return ranged(cost.month_with_free_tier, cost.month_low, cost.month_high)


def why(comparison: Comparison) -> str:
    """Explain the difference of two runs' mean times by its three largest parts.

    A run is called slower only if the interval of the ratio of medians excludes 1.
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
    """Say what share of the billed GB-seconds fusing saves, and in which parts."""
    stepwise, fused, share = fusion.stepwise, fusion.fused, fusion.share
    ratio = f"{fused.label} is billed {share.value:.2f} times the GB-seconds of {stepwise.label}"
    if share.low is None or share.high is None:
        claim = f"{ratio} for {share.pairs} photos, too few to claim a difference"
    else:
        claim = f"{ratio} (95 % interval {share.low:.2f} to {share.high:.2f}, {share.pairs} photos)"
        if share.low <= 1 <= share.high:
            claim += ", so no difference can be claimed"
    computing = (
        f"computing takes {fused.compute / stepwise.compute:.2f} times as much" if stepwise.compute else ""
    )
    moving = f"moving bytes {fused.moving / stepwise.moving:.2f} times" if stepwise.moving else ""
    fixed = (
        f"and {fused.rest / fused.billed:.0%} of the rest is minimums, rounding and overhead, "
        f"which faster code cannot reduce: a thousand photos, each alone, are "
        f"billed at least {fused.least:,.0f}"
        if fused.rest > 0.1 * fused.billed
        else ""
    )
    parts = ", ".join(filter(None, (computing, moving, fixed)))
    return f"{claim}: {parts}.{_as_sent(fusion)}" if parts else f"{claim}.{_as_sent(fusion)}"


def _as_sent(fusion: Fusion) -> str:
    """Give the ratio with cold starts and shared instances, if these matter in either run."""
    stepwise, fused = fusion.stepwise, fusion.fused
    if all(abs(each.as_sent - each.billed) < MATTERS * each.billed for each in (stepwise, fused)):
        return ""
    return (
        " As sent, with cold starts and shared instances, the ratio is "
        f"{fused.as_sent / stepwise.as_sent:.2f} times, {fused.as_sent:,.0f} of {stepwise.as_sent:,.0f}."
    )


def quantile_name(ratio: Ratio) -> str:
    """Return the name of the quantile that a ratio compares."""
    return "median" if ratio.p == 0.5 else f"{100 * ratio.p:.0f} % quantile"


def decided(comparison: Comparison, ratio: Ratio) -> str:
    """Say which run was faster if the interval excludes 1, otherwise why none can be called faster."""
    if ratio.value is None:
        return "too few samples"
    if ratio.smaller == "undecided":
        return "no difference can be claimed"
    return f"{comparison.first if ratio.smaller == 'first' else comparison.second} was faster"


def clocks(run: RunReport) -> str:
    """Say how far the clocks of the platform and the client differ, and how times were corrected."""
    if run.clock is None:
        where = (
            "the emulator shares the client's clock"
            if run.run.where == "emulator"
            else "simulated time has one clock"
            if run.run.where == "simulated"
            else "no job has both times"
        )
        return f"Clocks of {run.label}: {where}."
    low, high = (f"{each:+,.0f}" for each in (run.clock.low_ms, run.clock.high_ms))
    taken = "its times are not corrected, since 0 is within these bounds"
    if run.clock.correction_ms:
        taken = f"{run.clock.correction_ms:+,.0f} ms are subtracted from its times"
    moved = " A clock was set during the run, so its times are unreliable." if run.clock.moved else ""
    return (
        f"Clocks of {run.label}: the platform's is {low} to {high} ms ahead of the client's, derived from "
        f"the times at which uploads were sent and stored; {taken}.{moved}"
    )

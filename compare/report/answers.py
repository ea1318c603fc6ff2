"""The report's first screen: the everyday questions, answered from what was measured."""

from __future__ import annotations

from collections.abc import Sequence

from compare.cost.verdict import NO_TWIN, QUESTIONS, Answer, Candidate
from compare.cost.verdict import answers as of_the_bill
from compare.figures import duration
from compare.report.model import Comparison, RunReport
from compare.report.words import quantile_name, why
from compare.run import Run
from compare.statistics import Ratio

TERMS = {
    "stepwise": "one function for each step, which hands its pictures to the next through the store",
    "fused": "one function does all the image work",
    "standard": "Step Functions Standard, billed for each state that is entered",
    "express": "Step Functions Express, billed for the time that a workflow runs",
    "storage": "Durable Functions that keep their state in queues and tables of an Azure Storage account",
    "scheduler": "Durable Functions that keep their state in Microsoft's Durable Task Scheduler",
}
RESTS_ON = {
    "emulator": "step times of emulators on this machine",
    "cloud": "step times measured in the cloud",
    "simulated": "simulated step times",
}
FAST = 0.95


def answers(
    candidates: Sequence[Candidate],
    images: int,
    runs: Sequence[RunReport],
    comparisons: Sequence[Comparison],
) -> tuple[Answer, ...]:
    """Answer the :data:`QUESTIONS` as far as the runs allow it, with ``images`` photos a month."""
    times = " and ".join(RESTS_ON[where] for where in RESTS_ON if any(run.run.where == where for run in runs))
    found = {each.name: each for each in _of_costs(candidates, images, times)}
    if said := fastest(runs, comparisons):
        found["fastest"] = Answer("fastest", QUESTIONS["fastest"], said, f"Rests on {times}.")
    return tuple(found[name] for name in QUESTIONS if name in found)


def _of_costs(candidates: Sequence[Candidate], images: int, times: str) -> tuple[Answer, ...]:
    if not candidates:
        return ()
    basis = f"Rests on list prices, {times}, and the assumptions below, which make the ranges."
    found = of_the_bill(candidates, images, basis)
    if all(each.name != "fused" for each in found):
        found += (Answer("fused", QUESTIONS["fused"], NO_TWIN),)
    return found


def fastest(runs: Sequence[RunReport], comparisons: Sequence[Comparison]) -> str:
    """Say which run was fastest against the best of the other cloud, if the intervals allow it."""
    timed = sorted((run for run in runs if run.end_to_end.count), key=lambda run: _at(run, FAST))
    if not timed:
        return "No job succeeded, so there is no time to report."
    best, *others = timed
    if not others:
        tail, middle = duration(_at(best, FAST)), duration(_at(best, 0.5))
        return f"{best.label}: {tail} at the 95 % quantile, {middle} at the median."
    rival = min(others, key=lambda run: run.run.cloud == best.run.cloud)
    pair = next(each for each in comparisons if {each.first, each.second} == {best.label, rival.label})
    said = next((_claim(ratio, pair, best, rival) for ratio in reversed(pair.ratios) if ratio.value), "")
    return f"{said or 'Too few photos to compare.'} {why(pair) if pair.contributions else ''}".strip()


def _claim(ratio: Ratio, pair: Comparison, best: RunReport, rival: RunReport) -> str:
    name = f"the {quantile_name(ratio)}"
    few = "Too few photos to compare 95 % quantiles. " if ratio.p != FAST else ""
    times = {run.label: duration(_at(run, ratio.p)) for run in (best, rival)}
    if ratio.smaller == "undecided" or ratio.value is None or ratio.low is None or ratio.high is None:
        return (
            f"{few}No difference can be claimed at {name}: {best.label} took {times[best.label]} and "
            f"{rival.label} {times[rival.label]}."
        )
    quick, slow = (pair.first, pair.second) if ratio.smaller == "first" else (pair.second, pair.first)
    value, low, high = (
        (1 / ratio.value, 1 / ratio.high, 1 / ratio.low)
        if ratio.smaller == "first"
        else (ratio.value, ratio.low, ratio.high)
    )
    return (
        f"{few}{quick} with {times[quick]} at {name}; {slow} takes {value:.2f} times as long "
        f"({low:.2f} to {high:.2f}), {times[slow]}."
    )


def _at(run: RunReport, p: float) -> float:
    return next(each.value for each in run.end_to_end.quantiles if each.p == p) or 0.0


def terms(runs: Sequence[Run]) -> dict[str, str]:
    """Return what the runs' settings mean, in the order of :data:`TERMS`."""
    used = {setting for run in runs for setting in (run.granularity, run.orchestrator)}
    return {name: meaning for name, meaning in TERMS.items() if name in used}

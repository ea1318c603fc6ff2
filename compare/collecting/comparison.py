"""Compare the usage estimated by the billing rules with the usage that the platform reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from compare.clock import milliseconds
from compare.collecting.billed import Billed, Figure, FunctionFigures, Scope
from compare.cost.exact import exact, settled
from compare.folder import RunFolder
from compare.metering import JobLoad, Stack, meter
from compare.metering.batch import overhead
from compare.run import JobRecord
from core.trace import TraceEntry

RATIO_GRAIN = Decimal("0.001")


@dataclass(frozen=True)
class MeterComparison:
    """One meter: ``estimated`` from the traces, ``billed`` by the platform; ``ratio`` is billed / estimated.

    ``estimated`` is ``None`` for a meter that the billing rules do not count for this stack.
    """

    meter: str
    estimated: Decimal | None
    billed: Decimal
    ratio: Decimal | None
    scope: Scope
    source: str
    note: str


@dataclass(frozen=True)
class Unknown:
    """Meters that the platform did not report: their estimates, and why they are missing."""

    meters: tuple[str, ...]
    estimated: tuple[Decimal | None, ...]
    source: str
    reason: str
    again: bool


@dataclass(frozen=True)
class FunctionComparison:
    """One step: its traces, which only finished runs have, and the platform's figures for its function."""

    step: str
    traced: int
    traced_ms: Decimal
    traced_cold: int
    figures: FunctionFigures


@dataclass(frozen=True)
class BilledRun:
    """The estimated and the reported usage of a run, for all of its jobs, including the warm-up.

    ``untraced`` counts the lost uploads, of which no usage is known.
    """

    label: str
    collected_at: str
    began: str
    ended: str
    jobs: int
    untraced: int
    meters: tuple[MeterComparison, ...]
    unknown: tuple[Unknown, ...]
    functions: tuple[FunctionComparison, ...]


def compare(label: str, folder: RunFolder, billed: Billed) -> BilledRun:
    """Compare the estimate for all records of a run with ``billed``, the collected figures."""
    run, records = folder.run, folder.jobs
    loads = [load for each in records if (load := JobLoad.of(each, folder.workflow, run.at_once))]
    stack, estimated = Stack.of(run), dict[str, Decimal]()
    with exact():
        for each in (*meter(stack, loads), *overhead(stack, folder.workflow, len(loads) if run.batch else 0)):
            estimated[each.meter] = estimated.get(each.meter, Decimal(0)) + each.quantity
    estimated = {name: settled(quantity) for name, quantity in estimated.items()}
    return BilledRun(
        label=label,
        collected_at=billed.collected_at,
        began=billed.began,
        ended=billed.ended,
        jobs=len(loads),
        untraced=len(records) - len(loads),
        meters=tuple(_meter(figure, estimated) for figure in billed.figures),
        unknown=tuple(
            Unknown(gap.meters, tuple(map(estimated.get, gap.meters)), gap.source, gap.reason, gap.again)
            for gap in billed.gaps
        ),
        functions=tuple(_function(each, _traces(records, each.step)) for each in billed.functions),
    )


def _meter(figure: Figure, estimated: Mapping[str, Decimal]) -> MeterComparison:
    ours = estimated.get(figure.meter)
    with exact():
        ratio = (figure.quantity / ours).quantize(RATIO_GRAIN, ROUND_HALF_UP) if ours else None
        billed = settled(figure.quantity)
    return MeterComparison(figure.meter, ours, billed, ratio, figure.scope, figure.source, figure.note)


def _function(figures: FunctionFigures, traces: Sequence[TraceEntry]) -> FunctionComparison:
    took = sum(round(milliseconds(each.ended) - milliseconds(each.started)) for each in traces)
    return FunctionComparison(
        step=figures.step,
        traced=len(traces),
        traced_ms=Decimal(took),
        traced_cold=sum(each.cold for each in traces),
        figures=figures,
    )


def _traces(records: Iterable[JobRecord], step: str) -> list[TraceEntry]:
    return [entry for record in records if record.job for entry in record.job.trace if entry.step == step]

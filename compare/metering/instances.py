"""The time for which Azure bills the instances that photos share.

An instance of Flex Consumption is billed while anything runs on it: each period for a second at least. What a
photo's hops (the starter, the activities, the orchestrator's episodes) make of that is documented nowhere:

- low: instances are always full, and a photo is billed the processor time of its steps;
- expected: photos arrive at random, as many at any hour, and share an instance while they overlap; what
  starts within a billed second belongs to its period;
- high: nothing is shared, and every hop is a period of its own.

The starter has a queue trigger, which scales apart from Durable's functions, on instances of its own
(Microsoft Learn, "Azure Functions Flex Consumption plan", per-function scaling). Items of a batch have none,
and do not come at random: as many as the batch allows overlap all the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from compare.billing import functions_flex
from compare.billing.spans import merged
from compare.metering import assumptions, review
from compare.metering.assumptions import Bound
from compare.metering.load import JobLoad, Span

MONTH_MS = Decimal(730 * 3600 * 1000)
STARTER = "starter"
# The instances of the function that is told of decisions, and of the review page: groups of their own.
DECIDER, PAGE = "decider", "page"
LOOKED_MS = 10_000
MB_PER_VCPU = Decimal(2048)  # Microsoft Learn, "Azure Functions Flex Consumption plan", instance sizes
PERCENT = Decimal(100)
DIGITS = 50

type Times = tuple[int, int]  # begin and end, in milliseconds


@dataclass
class InstanceTime:
    """Sums over photos in milliseconds.

    ``cpu`` is the processor time of their steps. ``working`` and ``starting`` are billed for each photo alone
    on the two kinds of instances, and ``apart`` if every hop is billed by itself. ``spans`` are the times at
    which photos kept an instance busy; a photo that is ``alone`` has none.
    Of a batch's items, ``at_once`` run together.
    """

    photos: int = 0
    cpu: int = 0
    working: int = 0
    starting: int = 0
    apart: int = 0
    billed_alone: int = 0
    at_once: int = 0
    spans: dict[str, list[Times]] = field(default_factory=dict)

    @classmethod
    def of(cls, loads: Iterable[JobLoad]) -> InstanceTime:
        """Add up the loads."""
        made = cls()
        for load in loads:
            made.add(load)
        return made

    def add(self, load: JobLoad) -> None:
        """Add the photos of a load."""
        spans: dict[str, list[Times]] = {}
        for span in _busy(load):
            spans.setdefault(span.instance, []).append((span.began_ms, span.ended_ms))
        starting = _billed(spans.pop(STARTER, ()))
        self.at_once = load.at_once
        working = sum(map(_billed, spans.values()))
        self.photos += load.count
        self.cpu += load.count * sum(step.attempts * step.cpu_ms for step in load.steps)
        self.working += load.count * working
        self.starting += load.count * starting
        self.apart += load.count * _apart(load)
        if load.alone:
            self.billed_alone += load.count * (working + starting)
            return
        if not load.at_once:
            spans[STARTER] = [_start(load)]
        for instance, times in spans.items():
            self.spans.setdefault(instance, []).extend(times)

    def as_sent(self, bound: Bound, memory_mb: int) -> Decimal:
        """Return what is billed for the photos at the times and on the instances of their traces."""
        billed = Decimal(self.billed_alone + sum(map(_billed, self.spans.values())))
        match bound:
            case "low":
                return min(billed, self.cpu / (memory_mb / MB_PER_VCPU))
            case "expected":
                return billed
            case "high":
                return max(billed, Decimal(self.apart))

    def in_a_month(self, images: int, bound: Bound, memory_mb: int) -> Decimal:
        """Return what is billed for ``images`` photos like these, spread over a month or run as a batch."""
        if not self.photos or not images:
            return Decimal(0)
        cpu, working, starting, apart = (
            Decimal(each) / self.photos for each in (self.cpu, self.working, self.starting, self.apart)
        )
        full = cpu / (memory_mb / MB_PER_VCPU)
        alone = working + starting
        rate = self.at_once / alone if self.at_once else images / MONTH_MS
        match bound:
            case "low":
                each = min(full, alone)
            case "expected":
                shared = _shared(working, rate) + _shared(starting, rate)
                used = full * PERCENT / assumptions.BUSY_PERCENT.value
                each = min(alone, max(shared, used))
            case "high":
                # More than one photo at a time first fill the instances that are active anyway.
                each = max(alone, min(apart, apart / (rate * alone)))
        return images * each


def _shared(alone: Decimal, rate: Decimal) -> Decimal:
    """Return the milliseconds per photo for which an instance is busy, if photos arrive at random.

    An instance that serves any number of photos at once is busy for the share 1 - exp(-rate x alone) of the
    time (the M/G/infinity queue).
    """
    with localcontext(prec=DIGITS):  # with all the digits of an exact bill, exp() takes most of the time
        return (1 - (-rate * alone).exp()) / rate


def _busy(load: JobLoad) -> Iterator[Span]:
    """Yield the spans in which a photo keeps instances busy: its steps, and the bookkeeping around them."""
    if not load.at_once:
        yield Span(STARTER, *_start(load))
    steps = [step.span for step in load.steps if step.span.instance]
    first, last = (steps[0].instance, steps[-1].instance) if steps else ("", "")
    around = len(load.path.tasks) - len(load.path.steps)  # claim, record and notify
    each = assumptions.BOOKKEEPING_MS.value
    yield Span(first, load.began_ms, load.began_ms + 2 * each)
    for span in steps:
        yield Span(span.instance, span.began_ms, span.ended_ms + each)  # an episode follows each step
    yield Span(last, load.ended_ms - each, load.ended_ms + each * max(0, around - 2))
    if load.reviewed:
        yield Span(DECIDER, load.ended_ms, load.ended_ms + each)
        for call in range(review.PAGE_CALLS):  # a person looks for longer than a billed period
            yield Span(PAGE, (at := load.ended_ms + call * LOOKED_MS), at + each)


def _start(load: JobLoad) -> Times:
    """Return when the starter ran: just before the job was accepted."""
    return load.began_ms - assumptions.BOOKKEEPING_MS.value, load.began_ms


def _billed(spans: Iterable[Times]) -> int:
    """Return the milliseconds billed for one instance; what starts within a billed second belongs to it."""
    total, began, ended = 0, 0, 0
    paid_until: int | None = None
    for start, end in sorted(spans):
        if paid_until is None or start > paid_until:
            if paid_until is not None:
                total += paid_until - began
            began, ended = start, end
        ended = max(ended, end)
        paid_until = began + _period(ended - began)
    return total + (0 if paid_until is None else paid_until - began)


def _apart(load: JobLoad) -> int:
    """Return the milliseconds billed if each hop is a period of its own.

    Steps that run side by side are one hop. An episode of the orchestrator comes first and after every hop,
    and two more for each retry: when it is scheduled and when its timer is due.
    """
    steps = merged((step.span.began_ms, step.span.ended_ms) for step in load.steps if step.span.instance)
    unseen = sum(not step.span.instance for step in load.steps)
    others = len(load.path.tasks) - len(load.path.steps) + unseen
    retried = sum(
        (step.attempts - 1) * _period(step.span.ended_ms - step.span.began_ms) for step in load.steps
    )
    episodes = 1 + len(steps) + others + 2 * load.retries
    reviewed = load.reviewed * (review.ACTIVITIES + review.DECISION_EXECUTIONS + review.PAGE_CALLS)
    short = (not load.at_once) + others + episodes + reviewed
    return (
        sum(_period(end - begin) for begin, end in steps)
        + retried
        + short * _period(assumptions.BOOKKEEPING_MS.value)
    )


def _period(active_ms: int) -> int:
    """Return the milliseconds billed for one period: a second at least, rounded up to a tenth."""
    tenths = int(functions_flex.STEP_MS)
    return max(int(functions_flex.MINIMUM_MS), -(-active_ms // tenths) * tenths)

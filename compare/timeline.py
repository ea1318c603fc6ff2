"""The timeline of one job, from the end of its upload to the record of its final state."""

from __future__ import annotations

from dataclasses import dataclass

from compare.clock import milliseconds
from compare.run import JobRecord
from core.job import Job
from core.trace import TraceEntry

SEGMENTS = ("delivery", "gap", "download", "compute", "upload", "record")


@dataclass(frozen=True)
class StepTime:
    """One attempt of a step; ``start_ms`` and ``end_ms`` count from the end of the upload.

    ``lane`` is 0 for a step that follows the previous one, and 1 or more for steps that run in parallel.
    """

    step: str
    attempt: int
    cold: bool
    critical: bool
    lane: int
    start_ms: float
    end_ms: float
    download_ms: float
    compute_ms: float
    upload_ms: float
    bytes_in: int
    bytes_out: int


@dataclass(frozen=True)
class Timeline:
    """The times of one finished job in milliseconds.

    ``end_to_end_ms`` runs from the client's last sent byte to the ledger's final record. The critical path is
    the sequence of steps that determined when the job ended; ``overhead_ms`` is the rest of the workflow's
    makespan: scheduling and bookkeeping.

    ``review_ms`` is how long the job waited for a person. No other time contains it: what came after is
    counted as if the decision had been there at once.
    """

    end_to_end_ms: float
    delivery_ms: float
    makespan_ms: float
    critical_path_ms: float
    overhead_ms: float
    record_ms: float
    steps: tuple[StepTime, ...]
    review_ms: float = 0.0

    @property
    def cold(self) -> bool:
        """Return whether any step was the first on its worker."""
        return any(step.cold for step in self.steps)

    def segments(self) -> dict[str, float]:
        """Return the end-to-end time split by :data:`SEGMENTS`, along the critical path."""
        critical = [step for step in self.steps if step.critical]
        moved = sum(step.download_ms for step in critical)
        computed = sum(step.compute_ms for step in critical)
        sent = sum(step.upload_ms for step in critical)
        known = self.delivery_ms + moved + computed + sent + self.record_ms
        return {
            "delivery": self.delivery_ms,
            "gap": max(0.0, self.end_to_end_ms - known),
            "download": moved,
            "compute": computed,
            "upload": sent,
            "record": self.record_ms,
        }


def timeline(record: JobRecord, correction_ms: float = 0.0) -> Timeline | None:
    """Compute the timeline of one job; return ``None`` for a lost job.

    ``correction_ms`` is subtracted from every time of the platform's clock (see :mod:`compare.clock`). A
    workflow may begin before the store has answered the client: its delivery then took no time.

    Raises:
        RunError: A time in the record is invalid.
    """
    if record.job is None or record.recorded_at is None:
        return None
    accepted = milliseconds(record.job.accepted_at) - correction_ms
    asked, waited = _review(record.job)
    recorded = milliseconds(record.recorded_at) - correction_ms - waited
    zero = min(milliseconds(record.sent), accepted)
    origin = zero + correction_ms
    bars = []
    for entry in record.job.trace:
        started, ended = milliseconds(entry.started), milliseconds(entry.ended)
        behind = origin + (waited if started > asked else 0.0)
        bars.append((entry, started - behind, ended - behind))
    bars.sort(key=lambda bar: (bar[1], bar[2]))
    critical = _critical_path(bars)
    makespan, path = recorded - accepted, sum(bars[at][2] - bars[at][1] for at in critical)
    lanes = _lanes(bars)
    steps = tuple(_step(bar, at in critical, lanes[at]) for at, bar in enumerate(bars))
    last = max((step.end_ms for step in steps), default=accepted - zero)
    return Timeline(
        end_to_end_ms=recorded - zero,
        delivery_ms=accepted - zero,
        makespan_ms=makespan,
        critical_path_ms=path,
        overhead_ms=makespan - path,
        record_ms=max(0.0, recorded - zero - last),
        steps=steps,
        review_ms=waited,
    )


def _review(job: Job) -> tuple[float, float]:
    """Return when the job began to wait for a person, and for how many milliseconds; never is infinity."""
    if job.review is None or not job.review.ended_at:
        return float("inf"), 0.0
    asked = milliseconds(job.review.asked_at)
    return asked, milliseconds(job.review.ended_at) - asked


Bar = tuple[TraceEntry, float, float]


def _critical_path(bars: list[Bar]) -> frozenset[int]:
    """Walk back from the step that ended last, always to the latest step that had ended by then."""
    path: set[int] = set()
    before = float("inf")
    while True:
        earlier = [at for at, (_, _, end) in enumerate(bars) if end <= before and at not in path]
        if not earlier:
            return frozenset(path)
        latest = max(earlier, key=lambda at: bars[at][2])
        path.add(latest)
        before = bars[latest][1]


def _lanes(bars: list[Bar]) -> list[int]:
    """Assign each bar, in order of start, the first free lane."""
    free_at: list[float] = []
    lanes = []
    for _, start, end in bars:
        lane = next((lane for lane, free in enumerate(free_at) if free <= start), len(free_at))
        free_at[lane : lane + 1] = [end]
        lanes.append(lane)
    return lanes


def _step(bar: Bar, critical: bool, lane: int) -> StepTime:
    entry, start, end = bar
    return StepTime(
        step=entry.step,
        attempt=entry.attempt,
        cold=entry.cold,
        critical=critical,
        lane=lane,
        start_ms=start,
        end_ms=end,
        download_ms=entry.download_ms,
        compute_ms=entry.compute_ms,
        upload_ms=entry.upload_ms,
        bytes_in=entry.bytes_in,
        bytes_out=entry.bytes_out,
    )

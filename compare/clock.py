"""Convert times of a run to milliseconds, and bound the offset between client and platform clocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from compare.run import JobRecord, RunError

CLIENT_ROUNDING_MS = 1  # core.trace.now


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_MS = 86_400_000


def milliseconds(moment: str) -> float:
    """Return an ISO 8601 time as milliseconds since 1970.

    Raises:
        RunError: The time is not valid ISO 8601, or it has no time zone.
    """
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        raise RunError(f"The run contains the time {moment!r}, which is not ISO 8601.") from None
    if parsed.tzinfo is None:
        raise RunError(f"The run contains the time {moment!r}, which has no time zone.")
    since = parsed - EPOCH  # twice as fast as `timestamp`, which matters for large runs
    return since.days * DAY_MS + since.seconds * 1000 + since.microseconds / 1000


@dataclass(frozen=True)
class ClockOffset:
    """The platform's clock is ahead of the client's by ``low_ms`` to ``high_ms``.

    If no offset fits all observations, a clock was ``moved`` during the run; the bounds are then the closest
    conflicting pair.
    """

    low_ms: float
    high_ms: float
    moved: bool = False

    @property
    def correction_ms(self) -> float:
        """Return what to subtract from platform times: 0 if the observations fit equal clocks."""
        if self.low_ms <= 0 <= self.high_ms:
            return 0.0
        return (self.low_ms + self.high_ms) / 2


def clock_offset(records: Iterable[JobRecord]) -> ClockOffset | None:
    """Bound the offset between the client's and the platform's clock; ``None`` if no job has both times.

    The store timestamped each object between the moment the client began to send it and the moment the client
    received the response, so every job gives an interval, and the offset is in their intersection. Times are
    rounded down: the client's to milliseconds, the store's to seconds or milliseconds, as their text shows.
    Source: Amazon S3 User Guide, "Event message structure": an event's time is when S3 finished the request;
    Microsoft Learn, "Event Grid event schema": when the store made the event.
    """
    lows: list[float] = []
    highs: list[float] = []
    for record in records:
        if record.job is None:
            continue
        stamp = record.job.uploaded_at
        stamped, rounding = milliseconds(stamp), 1 if "." in stamp else 1000
        lows.append(stamped - milliseconds(record.sent) - CLIENT_ROUNDING_MS)
        highs.append(stamped + rounding - milliseconds(record.began))
    if not lows:
        return None
    low, high = max(lows), min(highs)
    return ClockOffset(min(low, high), max(low, high), moved=low > high)

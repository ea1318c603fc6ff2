"""Query a platform's reported usage: a figure that is not available becomes a gap, never a zero."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from compare.clock import clock_offset, milliseconds
from compare.collecting.billed import Billed, Figure, FunctionFigures, Gap
from compare.run import JobRecord, Run, RunError
from core.trace import now, stamp

MARGIN = timedelta(seconds=30)  # reports are written and metrics counted shortly after the work


class Unreported(Exception):
    """A source did not report what was queried; ``again`` if it may do so later."""

    def __init__(self, reason: str, *, again: bool = False) -> None:
        super().__init__(reason)
        self.again = again


@dataclass(frozen=True)
class Window:
    """The time range to query, on the platform's clock."""

    began: datetime
    ended: datetime

    @classmethod
    def of(cls, run: Run, records: Iterable[JobRecord]) -> Window:
        """Return the time window of a finished run, on the platform's clock and with a margin.

        Raises:
            RunError: The run is not finished.
        """
        if run.ended is None:
            raise RunError(f"The run {run.name} is not finished: `twinlens bench --resume` finishes it.")
        clock = clock_offset(records) if run.where == "cloud" else None
        offset = timedelta(milliseconds=clock.correction_ms if clock else 0)
        began, ended = (
            datetime.fromtimestamp(milliseconds(moment) / 1000, UTC) + offset
            for moment in (run.started, run.ended)
        )
        return cls(began - MARGIN, ended + MARGIN)

    def minutes(self) -> Window:
        """Extend the window to whole minutes: metrics are kept by the minute."""
        last = self.ended + timedelta(minutes=1) - timedelta(microseconds=1)
        return Window(*(each.replace(second=0, microsecond=0) for each in (self.began, last)))

    def settled(self, delay: timedelta, moment: datetime | None = None) -> None:
        """Check that ``delay`` has passed since the end of the window, so that all of it is counted.

        Raises:
            Unreported: The delay has not passed.
        """
        passed = (moment or datetime.now(UTC)) - self.ended
        if passed < delay:
            raise Unreported(
                f"The figures take up to {delay / timedelta(minutes=1):.0f} minutes, and the run ended "
                f"{max(passed, timedelta()).total_seconds():.0f} s before.",
                again=True,
            )


@dataclass
class Account:
    """The figures and gaps collected so far."""

    window: Window
    figures: list[Figure] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    functions: list[FunctionFigures] = field(default_factory=list)

    def ask(self, source: str, meters: Sequence[str], look: Callable[[], Iterable[Figure]]) -> None:
        """Add a source's figures, either all or none; if it does not report them, add a gap."""
        try:
            self.figures += list(look())
        except Unreported as error:
            self.gap(source, meters, str(error), again=error.again)
        except (LookupError, TypeError, ValueError, ArithmeticError) as error:
            self.gap(source, meters, f"The answer has an undocumented form: {error!r}.")

    def gap(self, source: str, meters: Sequence[str], reason: str, *, again: bool = False) -> None:
        """Record that ``meters`` were not reported."""
        self.gaps.append(Gap(tuple(meters), source, reason, again))

    def billed(self) -> Billed:
        """Return everything collected."""
        return Billed(
            collected_at=now(),
            began=stamp(self.window.began),
            ended=stamp(self.window.ended),
            figures=tuple(self.figures),
            gaps=tuple(self.gaps),
            functions=tuple(self.functions),
        )

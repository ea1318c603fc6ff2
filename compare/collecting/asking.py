"""How a platform is asked: what it cannot or will not tell becomes a gap, never a zero."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from compare.clock import clock_offset, milliseconds
from compare.collecting.billed import Billed, Figure, FunctionFigures, Gap
from compare.run import JobRecord, Run, RunError
from core.trace import now, stamp

MARGIN = timedelta(seconds=30)  # a report is written, and a metric counted, a little after the work


class NotTold(Exception):
    """A source does not tell what it was asked; ``again`` where it may later."""

    def __init__(self, reason: str, *, again: bool = False) -> None:
        super().__init__(reason)
        self.again = again


@dataclass(frozen=True)
class Window:
    """The time to ask about, on the platform's clock."""

    began: datetime
    ended: datetime

    @classmethod
    def of(cls, run: Run, records: Iterable[JobRecord]) -> Window:
        """Return the time window of a finished run, by the platform's clock and with a margin.

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
        """Return the whole minutes that this time touches: metrics are kept by the minute."""
        last = self.ended + timedelta(minutes=1) - timedelta(microseconds=1)
        return Window(*(each.replace(second=0, microsecond=0) for each in (self.began, last)))

    def settled(self, delay: timedelta, moment: datetime | None = None) -> None:
        """Check that what came in until the end has had ``delay`` to be counted.

        Raises:
            NotTold: It has not.
        """
        passed = (moment or datetime.now(UTC)) - self.ended
        if passed < delay:
            raise NotTold(
                f"The figures take up to {delay / timedelta(minutes=1):.0f} minutes, and the run ended "
                f"{max(passed, timedelta()).total_seconds():.0f} s before.",
                again=True,
            )


@dataclass
class Account:
    """What has been learnt so far."""

    window: Window
    figures: list[Figure] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    functions: list[FunctionFigures] = field(default_factory=list)

    def ask(self, source: str, meters: Sequence[str], look: Callable[[], Iterable[Figure]]) -> None:
        """Take a source's figures, all of them or none: what it does not tell is a gap."""
        try:
            self.figures += list(look())
        except NotTold as error:
            self.gap(source, meters, str(error), again=error.again)
        except (LookupError, TypeError, ValueError, ArithmeticError) as error:
            self.gap(source, meters, f"It answered in a form that is not documented: {error!r}.")

    def gap(self, source: str, meters: Sequence[str], reason: str, *, again: bool = False) -> None:
        """Note that these meters remain unknown."""
        self.gaps.append(Gap(tuple(meters), source, reason, again))

    def billed(self) -> Billed:
        """Return all of it."""
        return Billed(
            collected_at=now(),
            began=stamp(self.window.began),
            ended=stamp(self.window.ended),
            figures=tuple(self.figures),
            gaps=tuple(self.gaps),
            functions=tuple(self.functions),
        )

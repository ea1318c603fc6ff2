"""Run a function on a schedule, as the Functions host does."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from croniter import CroniterBadDateError, CroniterError, croniter

from local.azure import tasks
from local.azure.errors import DeploymentError, FunctionFailed
from local.azure.process import Value

# learn.microsoft.com, "Timer trigger for Azure Functions", NCRONTAB expressions: six fields, seconds first.
FIELDS = 6
_VALUE = r"(?:\d+|[A-Za-z]{3})"
FIELD = re.compile(rf"(?:(?:\*|{_VALUE}(?:-{_VALUE})?)(?:/\d+)?(?:,(?!$)|$))+")
FURTHEST_YEARS = 4

type Run = Callable[[Value], Awaitable[object]]
"""Run the function with the trigger's value."""


@dataclass(frozen=True)
class Schedule:
    """An NCRONTAB expression, in UTC."""

    expression: str

    @classmethod
    def parse(cls, text: str) -> Schedule:
        """Read an expression of six fields.

        Raises:
            DeploymentError: It is not a valid NCRONTAB expression.
        """
        fields = text.split()
        if len(fields) != FIELDS:
            raise DeploymentError(f"The timer's schedule {text!r} has {len(fields)} fields; it needs six.")
        for field in fields:  # croniter accepts more than NCRONTAB
            if not FIELD.fullmatch(field):
                raise DeploymentError(f"The timer's schedule {text!r} has the field {field!r}, not NCRONTAB.")
        try:
            croniter.expand(text, second_at_beginning=True)
        except CroniterError as error:
            raise DeploymentError(f"The timer's schedule {text!r} is not valid: {error}.") from None
        return cls(text)

    def after(self, moment: datetime) -> datetime:
        """Return the next scheduled time, in whole seconds.

        Raises:
            DeploymentError: There is none, as for 31 February.
        """
        following = croniter(
            self.expression,
            moment,
            day_or=False,
            second_at_beginning=True,
            max_years_between_matches=FURTHEST_YEARS,
        )
        try:
            return following.get_next(datetime)
        except CroniterBadDateError:
            raise DeploymentError(
                f"The timer's schedule {self.expression!r} has no occurrence in the next four years."
            ) from None


class TimerTrigger:
    """Run the function at the scheduled times, in UTC, until stopped; a time during a run is skipped."""

    def __init__(self, schedule: Schedule, run: Run, log: logging.Logger) -> None:
        self._schedule = schedule
        self._run = run
        self._log = log
        self._running = asyncio.Lock()
        self._waiter = tasks.start(self._wait(), log)

    async def stop(self) -> None:
        """Start no more runs; let a run in progress finish."""
        self._waiter.cancel()
        await asyncio.gather(self._waiter, return_exceptions=True)
        async with self._running:
            pass

    async def fire(self) -> None:
        """Run the function now.

        Raises:
            FunctionFailed: The function failed.
        """
        async with self._running:
            await self._run({"type": "json", "value": json.dumps({"IsPastDue": False})})

    async def _wait(self) -> None:
        while True:
            now = datetime.now(UTC)
            await asyncio.sleep((self._schedule.after(now) - now).total_seconds())
            # Shielded: a run in progress finishes even if the trigger is stopped meanwhile.
            await asyncio.shield(tasks.start(self._fire(), self._log))

    async def _fire(self) -> None:
        try:
            await self.fire()
        except FunctionFailed as error:
            self._log.error("A timer's function failed: %s", error)

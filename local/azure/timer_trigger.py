"""Run a function whenever its schedule says so, as the Functions host does."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from local.azure import tasks
from local.azure.errors import DeploymentError, FunctionFailed
from local.azure.process import Value

# learn.microsoft.com, "Timer trigger for Azure Functions", NCRONTAB expressions: the fields and their values.
FIELDS = (
    ("second", range(60)),
    ("minute", range(60)),
    ("hour", range(24)),
    ("day", range(1, 32)),
    ("month", range(1, 13)),
    ("day of the week", range(7)),
)
ITEM = re.compile(r"(?:\*|(\d+)(?:-(\d+))?)(?:/(\d+))?")
FURTHEST = timedelta(days=366 * 4 + 1)

type Run = Callable[[Value], Awaitable[object]]
"""Run the function on what the trigger hands it."""


@dataclass(frozen=True)
class Schedule:
    """An NCRONTAB expression: the values that each field takes, numbers only."""

    fields: tuple[frozenset[int], ...]

    @classmethod
    def parse(cls, text: str) -> Schedule:
        """Read an expression of six fields.

        Raises:
            DeploymentError: It is none.
        """
        given = text.split()
        if len(given) != len(FIELDS):
            raise DeploymentError(f"The timer's schedule {text!r} has {len(given)} fields; it needs six.")
        return cls(
            tuple(_values(part, name, allowed) for part, (name, allowed) in zip(given, FIELDS, strict=True))
        )

    def after(self, moment: datetime) -> datetime:
        """Return the next moment, in whole seconds, that the schedule names.

        Raises:
            DeploymentError: There is none, as for the 31st of February.
        """
        seconds, minutes, hours, days, months, weekdays = self.fields
        found = moment.replace(microsecond=0) + timedelta(seconds=1)
        while found - moment < FURTHEST:
            if found.month not in months or found.day not in days or found.isoweekday() % 7 not in weekdays:
                found = found.replace(hour=0, minute=0, second=0) + timedelta(days=1)
            elif found.hour not in hours:
                found = found.replace(minute=0, second=0) + timedelta(hours=1)
            elif found.minute not in minutes:
                found = found.replace(second=0) + timedelta(minutes=1)
            elif found.second not in seconds:
                found += timedelta(seconds=1)
            else:
                return found
        raise DeploymentError("The timer's schedule names no moment of the next four years.")


class TimerTrigger:
    """Wait for the schedule's moments, in UTC, until stopped; one that comes during a run is left out."""

    def __init__(self, schedule: Schedule, run: Run, log: logging.Logger) -> None:
        self._schedule = schedule
        self._run = run
        self._log = log
        self._running = asyncio.Lock()
        self._waiter = tasks.start(self._wait(), log)

    async def stop(self) -> None:
        """Wait for no more moments; let a run that began end."""
        self._waiter.cancel()
        await asyncio.gather(self._waiter, return_exceptions=True)
        async with self._running:
            pass

    async def fire(self) -> None:
        """Run the function now.

        Raises:
            FunctionFailed: It did not return.
        """
        async with self._running:
            await self._run({"type": "json", "value": json.dumps({"IsPastDue": False})})

    async def _wait(self) -> None:
        while True:
            now = datetime.now(UTC)
            await asyncio.sleep((self._schedule.after(now) - now).total_seconds())
            # Shielded: a run that began ends even if we are stopped meanwhile.
            await asyncio.shield(tasks.start(self._fire(), self._log))

    async def _fire(self) -> None:
        try:
            await self.fire()
        except FunctionFailed as error:
            self._log.error("A timer's function failed: %s", error)


def _values(part: str, name: str, allowed: range) -> frozenset[int]:
    found: set[int] = set()
    for item in part.split(","):
        matched = ITEM.fullmatch(item)
        if not matched:
            raise DeploymentError(f"{item!r} is no {name} of a timer's schedule.")
        first, last, step = (int(each) if each else None for each in matched.groups())
        begin = allowed.start if first is None else first
        # "5/15" means from 5 on; "5" alone means 5.
        end = last if last is not None else (allowed[-1] if first is None or step else begin)
        if begin not in allowed or end not in allowed or step == 0:
            raise DeploymentError(f"{item!r} is no {name} of a timer's schedule.")
        found.update(range(begin, end + 1, step or 1))
    return frozenset(found)

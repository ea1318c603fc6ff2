"""The retries of a workflow's tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.errors import SettingsError

# Errors of the platform, for retry tables; each cloud has different names for them.
TRANSIENT = "Platform.Transient"  # a worker was lost, or a service failed transiently
THROTTLED = "Platform.Throttled"  # a service was called too often

Jitter = Literal["full", "none"]


@dataclass(frozen=True)
class Retry:
    """One retry table, with the names and semantics of Amazon States Language.

    A task uses the first of its tables that lists the error, and each table counts its own retries. The
    first comes ``interval`` seconds after the error, each later one after ``backoff_rate`` times as long, at
    most ``max_interval`` seconds. Jitter ``full`` draws the wait evenly between none and that long.

    Raises:
        SettingsError: A number is outside the range that Step Functions accepts.
    """

    errors: tuple[str, ...]
    max_attempts: int = 2
    interval: int = 3
    backoff_rate: float = 1.5
    max_interval: int | None = None
    jitter: Jitter = "full"

    def __post_init__(self) -> None:
        """Reject values that Step Functions would reject."""
        longest = self.interval + 1 if self.max_interval is None else self.max_interval
        limits = {
            "max_attempts": (self.max_attempts >= 0, "0 or more"),
            "interval": (self.interval >= 1, "1 second or more"),
            "backoff_rate": (self.backoff_rate >= 1, "1 or more"),
            "max_interval": (longest > self.interval, "more than its interval"),
        }
        for name, (holds, range_) in limits.items():
            if not holds:
                raise SettingsError(f"A retry's {name} is {getattr(self, name)}; it must be {range_}.")

    def wait(self, retries: int) -> float:
        """Return the seconds until the next retry, before jitter, after ``retries`` by this table."""
        seconds = self.interval * self.backoff_rate**retries
        return seconds if self.max_interval is None else min(seconds, self.max_interval)


def table_for(error: str, tables: tuple[Retry, ...]) -> Retry | None:
    """Return the retry table for this error: the first that lists it."""
    return next((each for each in tables if error in each.errors), None)

"""Chart axes: ticks at round numbers, and positions along an axis in percent."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Axis:
    """A linear axis from 0 to ``end``, with a tick at every multiple of ``step``."""

    end: float
    step: float

    @classmethod
    def up_to(cls, largest: float, ticks: int = 6) -> Axis:
        """Return an axis that holds ``largest`` and has about ``ticks`` ticks at round numbers."""
        raw = max(largest, 1e-9) / ticks
        magnitude = 10.0 ** math.floor(math.log10(raw))
        step = next(round_step for factor in (1, 2, 5, 10) if (round_step := factor * magnitude) >= raw)
        return cls(step * math.ceil(largest / step) if largest > 0 else step, step)

    @property
    def ticks(self) -> tuple[float, ...]:
        """Return the values to label."""
        return tuple(self.step * number for number in range(round(self.end / self.step) + 1))

    def place(self, value: float) -> float:
        """Return the position of ``value`` in percent of the axis."""
        return round(100 * value / self.end, 3)


@dataclass(frozen=True)
class LogAxis:
    """A logarithmic axis over whole decades, with a tick at each power of ten."""

    first: int
    last: int

    @classmethod
    def over(cls, values: Iterable[float]) -> LogAxis:
        """Return an axis that covers all positive ``values``."""
        powers = [math.log10(value) for value in values if value > 0] or [0]
        first = math.floor(min(powers))
        return cls(first, max(first + 1, math.ceil(max(powers))))

    @property
    def ticks(self) -> tuple[float, ...]:
        """Return the values to label."""
        return tuple(10.0**power for power in range(self.first, self.last + 1))

    def place(self, value: float) -> float:
        """Return the position of ``value`` in percent of the axis; values below the first decade are at 0."""
        power = math.log10(value) if value > 0 else self.first
        return round(100 * (max(power, self.first) - self.first) / (self.last - self.first), 3)

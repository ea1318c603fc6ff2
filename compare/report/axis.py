"""Chart axes: ticks at round numbers, and positions along an axis in percent."""

from __future__ import annotations

import math
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

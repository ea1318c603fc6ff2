"""A picture, or the pictures of an animation with their times."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from PIL.Image import Image

# What browsers do with pictures that declare no time, or next to none.
SHORTEST_MS, DEFAULT_MS = 10, 100
# What WebP, and nearly what GIF, can say; an animation that plays more often does so for days.
MOST_PLAYS = 65_535


@dataclass(frozen=True)
class Film:
    """Pictures of one size and mode, RGB or RGBA, one after the other; one alone is a still.

    ``durations`` are how long each is shown, in milliseconds; ``plays`` is how often, 0 for endlessly.
    """

    frames: tuple[Image, ...]
    durations: tuple[int, ...] = (0,)
    plays: int = 1

    @property
    def first(self) -> Image:
        """The picture that stands for all."""
        return self.frames[0]

    @property
    def animated(self) -> bool:
        """Whether there are several pictures."""
        return len(self.frames) > 1

    def each(self, operation: Callable[[Image], Image]) -> Film:
        """Return the film with every picture after an ``operation``."""
        return replace(self, frames=of_one_mode(operation(frame) for frame in self.frames))


def of_one_mode(frames: Iterable[Image]) -> tuple[Image, ...]:
    """Return the pictures all as RGBA if one of several is; a picture alone as it is."""
    frames = tuple(frames)
    mode = "RGBA" if any(frame.mode == "RGBA" for frame in frames) else "RGB"
    return tuple(frame if frame.mode == mode else frame.convert(mode) for frame in frames)


def shown(duration_ms: float) -> int:
    """Return for how many milliseconds a picture with this declared duration is shown."""
    return round(duration_ms) if duration_ms > SHORTEST_MS else DEFAULT_MS


def plays(declared: int) -> int:
    """Return how often an animation that declares this many plays is shown; 0 is endlessly."""
    return min(max(declared, 0), MOST_PLAYS)

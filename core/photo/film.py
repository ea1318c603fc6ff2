"""A still picture, or the frames of an animation with their durations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from PIL.Image import Image

# Browsers do the same with frames that declare no duration, or almost none.
SHORTEST_MS, DEFAULT_MS = 10, 100
# The largest count that WebP can declare, and about the largest for GIF: it would play for days.
MOST_PLAYS = 65_535


@dataclass(frozen=True)
class Film:
    """A sequence of pictures of one size and mode, RGB or RGBA; a single one is a still.

    ``durations`` holds the duration of each in milliseconds; ``plays`` is the number of plays, 0 for endless.
    """

    frames: tuple[Image, ...]
    durations: tuple[int, ...] = (0,)
    plays: int = 1

    @property
    def first(self) -> Image:
        """The first picture, which represents the whole."""
        return self.frames[0]

    @property
    def animated(self) -> bool:
        """Whether there are several pictures."""
        return len(self.frames) > 1

    def each(self, operation: Callable[[Image], Image]) -> Film:
        """Return the film with ``operation`` applied to every picture."""
        return replace(self, frames=of_one_mode(operation(frame) for frame in self.frames))


def of_one_mode(frames: Iterable[Image]) -> tuple[Image, ...]:
    """Return all pictures as RGBA if one of them is; return a single picture unchanged."""
    frames = tuple(frames)
    mode = "RGBA" if any(frame.mode == "RGBA" for frame in frames) else "RGB"
    return tuple(frame if frame.mode == mode else frame.convert(mode) for frame in frames)


def shown(duration_ms: float) -> int:
    """Return how many milliseconds a picture with this declared duration is shown."""
    return round(duration_ms) if duration_ms > SHORTEST_MS else DEFAULT_MS


def plays(declared: int) -> int:
    """Return how many times an animation that declares this many plays is shown; 0 is endless."""
    return min(max(declared, 0), MOST_PLAYS)

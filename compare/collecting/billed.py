"""The usage that a platform reported for a run: ``billed.json`` in the run's folder."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec

from compare.run import RunError
from core.files import write_whole

FORMAT = 1
FILE = "billed.json"

# Whether a figure counts only the run's own jobs, or everything in the stack during the run.
Scope = Literal["jobs", "window"]


@dataclass(frozen=True)
class Figure:
    """The quantity of one meter of the price book that the platform counted, and its source."""

    meter: str
    quantity: Decimal
    source: str
    scope: Scope
    note: str = ""


@dataclass(frozen=True)
class Gap:
    """Meters that the platform did not report, and why; ``again`` if it may report them later."""

    meters: tuple[str, ...]
    source: str
    reason: str
    again: bool = False


@dataclass(frozen=True)
class FunctionFigures:
    """The platform's figures for one step's function; ``None`` where it reports none.

    Durations are sums in milliseconds, memory is in MB, ``cold`` is the number of requests with an INIT.
    """

    step: str
    requests: int
    duration_ms: Decimal
    billed_ms: int | None = None
    memory_mb: int | None = None
    max_memory_mb: int | None = None
    cold: int | None = None
    init_ms: Decimal | None = None


@dataclass(frozen=True)
class Billed:
    """All collected figures of a run.

    Times are ISO 8601 UTC; ``began`` and ``ended`` bound the time that was queried.
    """

    collected_at: str
    began: str
    ended: str
    figures: tuple[Figure, ...]
    gaps: tuple[Gap, ...]
    functions: tuple[FunctionFigures, ...] = ()
    format: int = FORMAT


def write(folder: Path, billed: Billed) -> None:
    """Write ``billed.json`` atomically, replacing the result of an earlier collection."""
    write_whole(folder / FILE, msgspec.json.format(msgspec.json.encode(billed)) + b"\n")


def read(folder: Path) -> Billed | None:
    """Read ``billed.json``; return ``None`` if nothing was collected.

    Raises:
        RunError: The file is incomplete, invalid or of another format.
    """
    path = folder / FILE
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Billed)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror}.") from None
    except msgspec.MsgspecError as error:
        raise RunError(f"{path} is not what `twinlens collect` writes: {error}. Collect again.") from None
    if found.format != FORMAT:
        raise RunError(
            f"{path} has format {found.format}; this Twinlens reads format {FORMAT}. Collect again."
        )
    return found

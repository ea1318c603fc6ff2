"""What a platform says it counted during a run: ``billed.json`` in the run's folder."""

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

# Of the run's own jobs, or of everything that happened in the stack while they ran.
Scope = Literal["jobs", "window"]


@dataclass(frozen=True)
class Figure:
    """How much of one meter of the price book the platform counted, and where it says so."""

    meter: str
    quantity: Decimal
    source: str
    scope: Scope
    note: str = ""


@dataclass(frozen=True)
class Gap:
    """What could not be learnt of these meters, and why; ``again`` tells that it may come later."""

    meters: tuple[str, ...]
    source: str
    reason: str
    again: bool = False


@dataclass(frozen=True)
class FunctionFigures:
    """What the platform says of one step's function; ``None`` stands for what it does not tell.

    Durations are milliseconds in sum, memory is in MB, ``cold`` counts the requests that began with an INIT.
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
    """All that was learnt of a run. Times are ISO 8601 UTC; ``began`` and ``ended`` bound what was asked."""

    collected_at: str
    began: str
    ended: str
    figures: tuple[Figure, ...]
    gaps: tuple[Gap, ...]
    functions: tuple[FunctionFigures, ...] = ()
    format: int = FORMAT


def write(folder: Path, billed: Billed) -> None:
    """Write ``billed.json`` whole, in place of what an earlier collection learnt."""
    write_whole(folder / FILE, msgspec.json.format(msgspec.json.encode(billed)) + b"\n")


def read(folder: Path) -> Billed | None:
    """Read ``billed.json``; ``None`` where nothing was collected.

    Raises:
        RunError: It is foreign, half written or of another format.
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

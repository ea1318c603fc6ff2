"""Read a workload file: every key is checked, and all mistakes are reported at once."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from core.batch.items import MAX_CONCURRENCY
from core.recipes import names as recipe_names
from core.workflow.granularity import GRANULARITIES
from simulation.checks import Check, Mistake, flag, number, one_of, suggested, text, whole
from simulation.errors import WorkloadError
from simulation.workload import (
    PLATFORMS,
    Arrivals,
    Flow,
    Kind,
    Photos,
    Plan,
    Platform,
    Profile,
    Workload,
)

MOST_JOBS = 10_000_000
LARGEST_PAYLOAD = 262_144  # Step Functions' limit of a payload
ARCHITECTURES = ("arm64", "x86_64")


def _megapixels(value: Any) -> Photos:
    size = number(0.01, 1000)
    if not isinstance(value, dict):
        median = size(value)
        return Photos(median, median)
    if set(value) != {"median", "p95"}:
        raise Mistake("must be a number or a table with median and p95")
    median, p95 = size(value["median"]), size(value["p95"])
    if p95 < median:
        raise Mistake("must have a p95 that is not below its median")
    return Photos(median, p95)


ARRIVALS: Mapping[str, Check] = {
    "kind": one_of(*get_args(Profile)),
    "count": whole(1, 1_000_000),
    "bursts": whole(1, 1_000),
    "at_once": whole(1, MAX_CONCURRENCY),
    "rate_per_second": number(1e-6, 100_000),
    "hours": number(1e-4, 8784),
    "trace": text,
    "via_api": flag,
}
PHOTOS: Mapping[str, Check] = {"megapixels": _megapixels}
FLOW: Mapping[str, Check] = {
    "kind": one_of(*get_args(Kind)),
    "tasks": whole(1, 1000),
    "seconds": number(0, 86_400),
    "payload_bytes": whole(0, LARGEST_PAYLOAD),
    "granularity": one_of(*GRANULARITIES),
    "recipe": one_of(*recipe_names()),
}
SEED = whole(0, 2**31)
PLATFORM: Mapping[str, Check] = {
    "name": one_of(*PLATFORMS),
    "plan": one_of(*get_args(Plan)),
    "memory_mb": whole(128, 10_240),
    "threads": whole(1, 64),
    "cold": flag,
    "seed": SEED,
    "architecture": one_of(*ARCHITECTURES),
    "concurrency": whole(1, 1_000_000),
    "function_concurrency": whole(0, 1_000_000),
}
TABLES = {"arrivals": ARRIVALS, "photos": PHOTOS, "workflow": FLOW, "platform": PLATFORM}
NEEDS = {
    "burst": ("count",),
    "rate": ("rate_per_second", "hours"),
    "poisson": ("rate_per_second", "hours"),
    "daily": ("rate_per_second", "hours"),
    "trace": ("trace",),
    "batch": ("count", "at_once"),
}


@dataclass
class _Reader:
    """The values that are valid, and the mistakes."""

    mistakes: list[str]

    def table(self, document: Mapping[str, Any], name: str) -> dict[str, Any]:
        given = document.get(name, {})
        if not isinstance(given, dict):
            self.mistakes.append(f"{name!r} must be a table; write [{name}].")
            return {}
        found, checks = {}, TABLES[name]
        for key, value in given.items():
            if key not in checks:
                near = suggested(key, checks) or f"; the keys are {', '.join(checks)}"
                self.mistakes.append(f"[{name}]: unknown key {key!r}{near}.")
                continue
            try:
                found[key] = checks[key](value)
            except Mistake as mistake:
                self.mistakes.append(f"[{name}]: {key} is {value!r}; it {mistake}.")
        return found


def read(path: Path) -> Workload:
    """Read a workload file.

    Raises:
        WorkloadError: The file cannot be read, or has mistakes; the message has a line for each.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WorkloadError(f"The workload {path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkloadError(f"The workload {path} is not valid TOML: {error}.") from None
    return parse(document, path.parent, str(path))


def parse(document: Mapping[str, Any], folder: Path, name: str) -> Workload:
    """Return the workload of a document; a trace is looked for in ``folder``.

    Raises:
        WorkloadError: The document has mistakes; the message has a line for each.
    """
    reader = _Reader([])
    for key in document:
        if key not in TABLES and key != "seed":
            near = suggested(key, TABLES) or f"; a workload has [{'], ['.join(TABLES)}]"
            reader.mistakes.append(f"Unknown table {key!r}{near}.")
    coming, photos, flow, platform = (reader.table(document, each) for each in TABLES)
    seed = platform.pop("seed", document.get("seed", 0))
    try:
        SEED(seed)
    except Mistake as mistake:
        reader.mistakes.append(f"seed is {seed!r}; it {mistake}.")
    arrivals = _arrivals(coming, folder, reader)
    if arrivals.via_api and (flow.get("kind", "photo") != "photo" or arrivals.kind == "batch"):
        reader.mistakes.append("[arrivals]: via_api is true; only photos that arrive come by a front door.")
    azure = str(platform.get("name", "")).startswith("azure")
    defaults = {"memory_mb": 2048, "architecture": "x86_64"} if azure else {}
    if platform.get("plan") == "consumption":
        defaults |= {"memory_mb": 1536}
    if azure and platform.get("architecture") == "arm64":
        reader.mistakes.append("[platform]: architecture is 'arm64'; Azure Functions run on x86_64.")
    if azure:
        defaults["concurrency"] = 100
    if reader.mistakes:
        lines = (each.replace("?.", "?") for each in reader.mistakes)
        raise WorkloadError("\n".join((f"{name} has mistakes:", *lines)))
    made = Workload(
        arrivals, photos.get("megapixels", Photos()), Flow(**flow), Platform(**{**defaults, **platform}), seed
    )
    return _published(made, platform)


def _published(made: Workload, given: Mapping[str, Any]) -> Workload:
    """Return the workload with the defaults of the published experiments, if it is one of them."""
    if made.workflow.kind == "photo":
        return made
    platform = made.platform
    if "memory_mb" not in given and platform.cloud == "aws":
        platform = replace(platform, memory_mb=256)
    if platform.cloud == "azure":
        plan = given.get("plan", "consumption")
        threads = given.get("threads", 1)
        memory = given.get("memory_mb", 1536 if plan == "consumption" else 2048)
        concurrency = given.get("concurrency", 200)
        platform = replace(platform, plan=plan, threads=threads, memory_mb=memory, concurrency=concurrency)
    return replace(made, platform=platform)


def _arrivals(given: dict[str, Any], folder: Path, reader: _Reader) -> Arrivals:
    kind = given.get("kind", "burst")
    for key in NEEDS[kind]:
        if key not in given and "kind" in given:
            reader.mistakes.append(f"[arrivals]: the key {key!r} is missing; the kind {kind!r} needs it.")
    trace: tuple[tuple[float, float], ...] = ()
    if kind == "trace" and "trace" in given:
        trace = _trace(folder / given["trace"], reader)
    arrivals = Arrivals(**{**given, "trace": trace})
    if arrivals.jobs > MOST_JOBS:
        reader.mistakes.append(f"[arrivals]: {arrivals.jobs:,} jobs; at most {MOST_JOBS:,} are simulated.")
    return arrivals


def _trace(path: Path, reader: _Reader) -> tuple[tuple[float, float], ...]:
    """Read a trace: a line for each upload, with the seconds since the start and the megapixels."""
    found = []
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.reader(lines), start=1):
                try:
                    moment, size = float(row[0]), float(row[1])
                except (IndexError, ValueError):
                    if number > 1:  # the first line may name the columns
                        reader.mistakes.append(f"{path}, line {number}: it must have seconds and megapixels.")
                    continue
                if not 0 <= moment < 1e9 or not 0 < size <= 1000:
                    reader.mistakes.append(
                        f"{path}, line {number}: {moment:g} s or {size:g} MP is impossible."
                    )
                found.append((moment, size))
    except (OSError, UnicodeDecodeError) as error:
        reader.mistakes.append(f"[arrivals]: the trace {path} cannot be read: {error}.")
    return tuple(sorted(found))

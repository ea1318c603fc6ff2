"""``twinlens estimate --sweep``: the cost and the time of a photo for each value of a setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cli.configured import Configured, read
from cli.console import console, print_table, shown
from compare.cost.bills import Bills
from compare.cost.exact import text
from compare.cost.frontier import frontier
from compare.cost.verdict import amount
from compare.figures import duration
from compare.metering.assumptions import BOUNDS
from compare.metering.planned import Photos, photo_ms
from compare.prices.book import PriceBook
from components.settings import CLOUDS
from core.errors import SettingsError
from core.mistakes import Mistakes
from core.recipes import load as load_recipe
from core.workflow.granularity import GRANULARITIES, pipeline_in
from simulation.advice.chart import chart

MEMORY_MB = {"aws": (256, 512, 1024, 1536, 1769, 2048, 3008), "azure": (2048, 4096)}
COLUMNS = ("stack", "US dollars a month", "one photo", "frontier")


@dataclass(frozen=True)
class Point:
    """A stack with one value of the setting: its bills, and the milliseconds of one photo by bound."""

    configured: Configured
    bills: Bills
    ms: tuple[int, int, int]


def configured(
    stacks: Sequence[str], sweep: str, changes: Sequence[Mapping[str, str]], book: PriceBook
) -> list[Configured]:
    """Read each stack with each value of the setting that ``memoryMb`` or ``memoryMb=512,1024`` names.

    Raises:
        SettingsError: The values are not known or invalid; the message has a line for each.
    """
    found, mistakes = [], Mistakes(SettingsError)
    for stack in dict.fromkeys(stacks):
        cloud = read(stack, {}, book).stack.cloud
        for change in changes:
            for value in _values(sweep, cloud):
                with mistakes.noted():
                    found.append(read(stack, {**change, sweep.partition("=")[0]: value}, book))
    mistakes.report()
    return found


def _values(sweep: str, cloud: str) -> list[str]:
    name, equals, given = sweep.partition("=")
    if equals:
        return [value for value in given.split(",") if value]
    supported = CLOUDS[cloud]
    known: Mapping[str, Sequence[object]] = {
        "memoryMb": MEMORY_MB[cloud],
        "granularity": GRANULARITIES,
        "orchestrator": supported.orchestrators,
        "architecture": supported.architectures,
        "logLevel": supported.log_levels,
        "photoRedundancy": [each for each in supported.redundancies if each],
    }
    if name not in known:
        raise SettingsError(
            f"--sweep {sweep} names no values; write --sweep {name}=VALUE,VALUE. Only {', '.join(known)} "
            "have a list of their own."
        )
    return [str(value) for value in known[name]]


def point(each: Configured, bills: Bills, photos: Photos) -> Point:
    """Return the stack with its bills, and the time of a warm photo that is alone."""
    workflow, recipe = pipeline_in(each.settings.granularity), load_recipe(each.settings.recipe)
    low, expected, high = (photo_ms(each.stack, workflow, recipe, photos, bound) for bound in BOUNDS)
    return Point(each, bills, (low, expected, high))


def best_of(points: Sequence[Point]) -> list[Point]:
    """Return the points that no other beats in both the expected bill and the expected time."""
    return frontier(points, lambda each: (each.bills.expected, each.ms[1]))


def show(points: Sequence[Point], images: int) -> None:
    """Print the points as a table and a chart."""
    best = best_of(points)
    rows = [
        [
            shown(each.configured.label),
            amount(each.bills),
            f"{duration(each.ms[1])} ({duration(each.ms[0])} to {duration(each.ms[2])})",
            "yes" if each in best else "",
        ]
        for each in points
    ]
    console.print(f"[bold]{images:,} photos a month[/bold]")
    print_table(COLUMNS, rows, numbers=COLUMNS[1:3])
    console.print()
    console.print(chart([(float(each.bills.expected), each.ms[1] / 1000, each in best) for each in points]))
    console.print(
        "Stars are the frontier: no other is both cheaper and faster. The time is that of one warm photo by "
        "itself, from its acceptance to its end, by the model of the bill; `twinlens advise` simulates many.",
        soft_wrap=True,
    )


def document(points: Sequence[Point], images: int) -> list[dict[str, object]]:
    """Return the points as JSON values."""
    best = best_of(points)
    return [
        {
            "stack": each.configured.label,
            "images_per_month": images,
            **{bound: text(getattr(each.bills, bound)) for bound in BOUNDS},
            "photo_ms": dict(zip(BOUNDS, each.ms, strict=True)),
            "frontier": each in best,
        }
        for each in points
    ]

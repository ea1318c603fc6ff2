"""``twinlens estimate --sweep``: the bill and the latency for each value of a setting.

A latency is simulated as ``twinlens advise`` simulates it, or that of runs made with each value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from cli import measured
from cli.configured import Configured, read
from cli.console import console, print_table, progress, shown
from cli.simulate import configured as on_platform_of
from compare.cost.bills import Bills
from compare.cost.exact import text
from compare.cost.frontier import frontier
from compare.cost.verdict import amount, disputed
from compare.figures import duration
from compare.metering.assumptions import BOUNDS
from compare.prices.book import PriceBook
from components.settings import CLOUDS
from core.errors import SettingsError
from core.mistakes import Mistakes
from core.workflow.granularity import GRANULARITIES
from simulation.advice.advise import DRAWS, Question, draw
from simulation.advice.chart import chart
from simulation.advice.outlook import Outlook, outlook
from simulation.advice.variants import Variant
from simulation.book import load
from simulation.workload import Photos, Workload

MEMORY_MB = {"aws": (256, 512, 1024, 1536, 1769, 2048, 3008), "azure": (2048, 4096)}
COLUMNS = ("stack", "US dollars a month", "p95", "frontier")
NEVER_S = 5.0  # an objective that no sweep looks at
SIMULATED = "simulated"

type Priced = Callable[[Configured, Decimal, int], Bills]


@dataclass(frozen=True)
class Point:
    """A stack with one value of the setting: its bills, and its 95 % quantile in seconds with its bounds.

    The bounds are ``None`` where a run has too few photos for them. ``where`` is where the latency is from.
    """

    configured: Configured
    bills: Bills
    p95_s: tuple[float, float | None, float | None]
    where: str
    extrapolated: tuple[str, ...] = ()


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


def points(
    configured: Sequence[Configured],
    images: int,
    megapixels: Decimal,
    cold_share: Decimal | None,
    bills: Priced,
    runs: Path | None,
) -> list[Point]:
    """Return the stacks with their bills and latencies at a volume.

    Latencies are simulated as by ``twinlens advise``, unless ``runs`` is a folder of run folders:
    then they are measured, and the newest run of each stack counts. Bills use the simulated share of cold
    starts if ``cold_share`` states none.

    Raises:
        SettingsError: A stack has no run, or no setting that is recorded tells two of them apart.
    """
    found = measured.latencies(configured, runs) if runs else {}
    simulated = {} if runs and cold_share is not None else _simulated(configured, images, megapixels)
    made = []
    for each in configured:
        expected = simulated.get(each.label)
        share = cold_share if cold_share is not None or expected is None else expected.cold_share
        priced = bills(each, share or Decimal(0), images)
        if runs:
            latency = found[each.label]
            made.append(Point(each, priced, (latency.p95_s, latency.low_s, latency.high_s), latency.where))
        elif expected:
            made.append(Point(each, priced, expected.latency, SIMULATED, expected.extrapolated))
    return made


def _simulated(configured: Sequence[Configured], images: int, megapixels: Decimal) -> dict[str, Outlook]:
    size = float(megapixels)
    question = Question(images, "daily", Photos(size, size), NEVER_S, 0.0)
    _, values = draw(question, load(), DRAWS)
    known: dict[Workload, Outlook] = {}
    found = {}
    with progress() as bar:
        task = bar.add_task("simulating every value", total=len(configured), note="")
        for each in configured:
            workload = _workload(each, question)
            if workload not in known:
                known[workload] = outlook(workload, values)
            found[each.label] = known[workload]
            bar.advance(task)
    return found


def _workload(each: Configured, question: Question) -> Workload:
    """Return what ``twinlens advise`` simulates of such a variant, with the settings that it leaves alone."""
    stack = each.stack
    variant = Variant(stack.cloud, stack.orchestrator, stack.granularity, stack.memory_mb, stack.architecture)
    usual = variant.workload(question.arrivals, question.photos, each.settings.recipe, question.seed)
    return on_platform_of(usual, each.settings)


def best_of(points: Sequence[Point]) -> list[Point]:
    """Return the points that no other beats in both the expected bill and the latency."""
    return frontier(points, lambda each: (each.bills.expected, each.p95_s[0]))


def show(points: Sequence[Point], images: int) -> None:
    """Print the points as a table and a chart, and say where the latencies are from."""
    best = best_of(points)
    rows = [
        [shown(each.configured.label), amount(each.bills), _p95(each), "yes" if each in best else ""]
        for each in points
    ]
    console.print(f"[bold]{images:,} photos a month[/bold]")
    print_table(COLUMNS, rows, numbers=COLUMNS[1:3])
    console.print()
    console.print(chart([(float(each.bills.expected), each.p95_s[0], each in best) for each in points]))
    for sentence in _explained(points):
        console.print(sentence, soft_wrap=True)


def _p95(point: Point) -> str:
    value, low, high = (None if each is None else duration(1000 * each) for each in point.p95_s)
    return f"{value} ({low} to {high})" if low and high else f"{value}"


def _explained(points: Sequence[Point]) -> list[str]:
    said = [
        "Stars are the frontier: no other is both cheaper and faster. 19 of 20 photos take at most `p95`, "
        "from the end of an upload, or from asking for it at a front door, to the end of the workflow."
    ]
    if all(each.where == SIMULATED for each in points):
        said.append(
            "[yellow]Simulated, not measured[/yellow], as by `twinlens advise`: photos arrive at random, at "
            "the rate of the day's busiest hour. `--runs FOLDER` takes the latencies from runs."
        )
        if any(each.configured.settings.steps for each in points):
            said.append("The memory of single steps is in the bill, but not in the simulated latency.")
    else:
        said.append("Measured on the emulators of this machine, which say nothing of a cloud's speed.")
        if all(each.where != "emulator" for each in points):
            said[-1] = "Measured by the newest run of each."
    readings = (disputed(each.configured.label, each.bills.by_bound["expected"]) for each in points)
    said += [shown(each) for each in readings if each]
    reasons = dict.fromkeys(why for each in points for why in each.extrapolated)
    return [*said, *(f"[yellow]Extrapolated:[/yellow] {shown(reason)}." for reason in reasons)]


def document(points: Sequence[Point], images: int) -> list[dict[str, object]]:
    """Return the points as JSON values."""
    best = best_of(points)
    return [
        {
            "stack": each.configured.label,
            "images_per_month": images,
            **{bound: text(getattr(each.bills, bound)) for bound in BOUNDS},
            "p95_s": dict(zip(("value", "low", "high"), each.p95_s, strict=True)),
            "where": each.where,
            "extrapolated": list(each.extrapolated),
            "frontier": each in best,
        }
        for each in points
    ]

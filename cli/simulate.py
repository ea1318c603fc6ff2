"""``twinlens simulate``: predict what a workload would do on a platform, before anything is deployed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import Json, console, print_json, print_table, progress, shown
from simulation.book import load, with_changes
from simulation.document import document, times_of
from simulation.predict import QUANTILES, Prediction, predict
from simulation.reading import read
from simulation.runs import write
from simulation.workload import Workload

if TYPE_CHECKING:
    from components.settings import Settings

WorkloadFile = Annotated[Path, typer.Argument(help="A TOML file with the workload; see docs/simulation.md.")]
NAMES = {
    "end_to_end_s": "first task's start to last task's end",
    "hop_s": "end of a task to start of the next",
    "overhead_s": "not spent in tasks",
    "sojourn_s": "arrival to last task's end",
    "asking_s": "asking to being let in by the front door",
}


def simulate(
    workload: WorkloadFile,
    stack: Annotated[
        str | None,
        typer.Option("--stack", "-s", help="Take the platform's settings from this stack's config."),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", file_okay=False, help="Where to write the run of a photo workload.")
    ] = Path("runs"),
    parameters: Annotated[
        Path | None, typer.Option(help="A file of `twinlens calibrate`, in place of the book's values.")
    ] = None,
    via_api: Annotated[
        bool, typer.Option("--via-api", help="Let the photos come by the front door.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Predict a workload's latency, throttling, cold starts and usage, before it is deployed."""
    given = read(workload)
    if stack is not None:
        given = configured(given, settings_of(stack))
    if via_api:
        given = through_the_door(given)
    with progress() as bar:
        task = bar.add_task("simulating", total=100, note="")
        book = load() if parameters is None else with_changes(load(), parameters)
        made = predict(given, book, progress=lambda share: bar.update(task, completed=int(100 * share)))
    folder = write(given, book.values(), out) if given.workflow.kind == "photo" else None
    if as_json:
        print_json(document(made) | ({"run": str(folder)} if folder else {}))
        return
    show(made)
    if folder:
        console.print(f"The run: {shown(str(folder))}")


def settings_of(stack: str) -> Settings:
    """Return the settings of a stack's config."""
    from cli.configured import configured_settings  # reads as Pulumi does, which takes half a second

    return configured_settings(stack)


def configured(workload: Workload, settings: Settings) -> Workload:
    """Return the workload on the platform that the settings describe."""
    azure = settings.cloud == "azure"
    most = settings.max_concurrency
    platform = replace(
        workload.platform,
        name=f"{settings.cloud}.{settings.orchestrator}",
        memory_mb=settings.memory_mb,
        architecture=settings.architecture,
        plan="flex",
        concurrency=most if azure and most else workload.platform.concurrency,
        function_concurrency=0 if azure else most,
    )
    flow = replace(workload.workflow, granularity=settings.granularity, recipe=settings.recipe)
    made = replace(workload, platform=platform, workflow=flow)
    return through_the_door(made) if settings.front_door else made


def through_the_door(workload: Workload) -> Workload:
    """Return the workload with photos that come by the front door; those of a batch are there already."""
    by_door = workload.workflow.kind == "photo" and workload.arrivals.kind != "batch"
    return replace(workload, arrivals=replace(workload.arrivals, via_api=by_door))


def show(made: Prediction) -> None:
    """Print the figures as tables, and what they rest on."""
    figures = made.figures
    rows = [
        [NAMES[name], *(_cell(made, f"{name}.{quantile}") for quantile in QUANTILES)]
        for name in times_of(figures)
    ]
    print_table(("seconds", *QUANTILES), rows, numbers=tuple(QUANTILES))
    counts = [
        ["jobs", f"{figures['jobs'].value:,.0f}"],
        ["failed", f"{figures['failed'].value:,.0f}"],
        ["all done after, s", _cell(made, "all_done_s")],
        ["instances, most at once", f"{figures['instances'].value:,.0f}"],
        ["cold starts", f"{figures['cold_share'].value:.1%}"],
        ["throttled calls", f"{figures['throttled'].value:,.0f}"],
        ["billed executions", f"{figures['billed.executions'].value:,.0f}"],
        ["billed GB-s", f"{figures['billed.gb_seconds'].value:,.1f}"],
        ["billed transitions", f"{figures['billed.transitions'].value:,.0f}"],
    ]
    console.print()
    print_table(("figure", "value"), counts, numbers=("value",))
    console.print(
        "\n[yellow]Simulated, not measured.[/yellow] In brackets, the interval that should hold a figure "
        "nine times out of ten.",
        soft_wrap=True,
    )
    for reason in made.extrapolated:
        console.print(f"[yellow]Extrapolated:[/yellow] {shown(reason)}.", soft_wrap=True)


def _cell(made: Prediction, name: str) -> str:
    figure = made.figures[name]
    return f"{figure.value:,.3g} ({figure.low:,.3g} to {figure.high:,.3g})"

"""``twinlens collect``: query the usage that a run's platform reports, and keep it in the run's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from bench.accounts import collect_run
from bench.stack import DeployedStack
from cli.console import Json, console, errors, print_json, print_table, shown
from compare.collecting.comparison import BilledRun, compare
from compare.folder import read_all
from compare.report.billed import METER_HEAD, meter_rows, sentences

Runs = Annotated[list[Path], typer.Argument(help="Run folders, as `twinlens bench` creates them.")]
ItsStack = Annotated[
    str | None, typer.Option("--stack", "-s", help="The stack, if not the one that the run names.")
]


def collect(runs: Runs, stack: ItsStack = None, as_json: Json = False) -> None:
    """Query the usage that the platform reports for runs, and compare it with the estimate.

    Exits with 1 if some figures are not available yet; repeat the command later.
    """
    compared = []
    for folder in read_all(runs):
        deployment = DeployedStack.of(stack or folder.run.stack)
        with errors.status(f"querying the reported usage of {shown(folder.run.name)}"):
            billed = collect_run(deployment, folder)
        compared.append(compare(folder.run.name, folder, billed))
    if as_json:
        print_json(msgspec.to_builtins(compared))
    else:
        for each in compared:
            show(each)
    if any(gap.again for each in compared for gap in each.unknown):
        raise typer.Exit(1)


def show(run: BilledRun) -> None:
    """Print the comparison of one run."""
    console.print(f"[bold]{shown(run.label)}[/bold]")
    cells = [[shown(cell) for cell in row] for row in meter_rows(run)]
    print_table(METER_HEAD, cells, numbers=METER_HEAD[1:4])
    for sentence in sentences(run):
        console.print(shown(sentence), soft_wrap=True)

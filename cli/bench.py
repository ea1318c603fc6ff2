"""``twinlens bench``: send photos to stacks in bursts, and keep the results as runs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bench.bursts import Bench
from bench.faults import profile
from bench.measurement import Measurement, Tally, measure
from bench.through_api import SIGNED_IN
from cli.console import Json, console, print_error, print_json, print_table, progress
from compare.run import Plan
from core.chaos import NAMED
from core.errors import TwinlensError
from core.signals import ending_politely

Stacks = Annotated[list[str], typer.Option("--stack", "-s", help="A Pulumi stack; repeat for several.")]
Photos = Annotated[Path, typer.Option(exists=True, file_okay=False, help="A folder of photos, sent in turn.")]
Bursts = Annotated[int, typer.Option(min=1, help="Number of bursts.")]
BurstSize = Annotated[int, typer.Option(min=1, help="Uploads in a burst.")]
WarmUp = Annotated[int, typer.Option(min=0, help="Warm-up uploads, excluded from all figures.")]
Rate = Annotated[
    float | None, typer.Option(min=0.01, help="Uploads per second in one steady stream, instead of bursts.")
]
Timeout = Annotated[
    float,
    typer.Option(min=1, help="Seconds after a burst's last upload until jobs count as lost."),
]
Out = Annotated[Path, typer.Option(file_okay=False, help="Where to create the run folders.")]
Chaos = Annotated[
    str,
    typer.Option(help=f"Faults to inject: {', '.join(NAMED)}, a profile's text, or a file with one."),
]
ViaApi = Annotated[
    bool, typer.Option("--via-api", help="Send through the stacks' front doors, as their clients do.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Finish the newest unfinished run of each stack.")]


def bench(
    stack: Stacks,
    photos: Photos,
    bursts: Bursts = 6,
    burst_size: BurstSize = 30,
    warm_up: WarmUp = 10,
    rate: Rate = None,
    timeout: Timeout = 600,
    out: Out = Path("runs"),
    resume: Resume = False,
    via_api: ViaApi = False,
    chaos: Chaos = "",
    as_json: Json = False,
) -> None:
    """Measure stacks by sending bursts of uploads to each in turn, or with --rate one steady stream.

    An interrupted run keeps its results, and --resume continues it. Exits with 1 if an upload was lost or its
    job failed.
    """
    plan = Plan(bursts, burst_size, warm_up, rate)
    faults = profile(chaos) if chaos else None
    token = os.environ.get(SIGNED_IN, "")
    wanted = Measurement(stack, photos, plan, out, resume, faults, via_api, token)
    benches: list[Bench] = []
    try:
        with ending_politely(), wanted.prepared(print_error) as prepared, progress() as bar:
            benches += prepared
            measure(benches, timeout, bar)
    except KeyboardInterrupt:
        if benches:
            _show(benches, as_json)
            print_error(f"Interrupted. {_kept(out)}")
        else:
            print_error("Interrupted.")
        raise typer.Exit(130) from None
    except TwinlensError:
        if benches:
            print_error(_kept(out))
        raise
    tallies = _show(benches, as_json)
    if not as_json:
        console.print(f"\ntwinlens report {escape(' '.join(str(each.folder) for each in benches))}")
    if any(each.failed or each.lost for each in tallies):
        raise typer.Exit(1)


def _kept(out: Path) -> str:
    return f"The results so far are in {out}; the same command with --resume continues."


def _show(benches: Sequence[Bench], as_json: bool) -> list[Tally]:
    tallies = [Tally.of(each) for each in benches]
    found = [asdict(each) for each in tallies]
    if as_json:
        print_json(found)
    else:
        names = list(found[0])
        rows = [[escape(str(cell)) for cell in each.values()] for each in found]
        print_table(names, rows, names[2:])
    return tallies

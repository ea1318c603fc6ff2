"""``twinlens bench``: put photos through stacks in bursts and keep what happened as runs."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from bench.bursts import Bench, begin
from bench.bursts import resume as go_on
from bench.faults import injected, profile
from bench.stack import DeployedStack
from cli.console import Json, console, print_error, print_json, progress, table
from compare.folder import read, write_head
from compare.run import Plan, RunError
from components.uploads import SUFFIXES
from core.chaos import NAMED
from core.errors import StoreUnavailable
from core.trace import now
from local.emulators import ending_politely
from local.errors import NotRunning

Stacks = Annotated[list[str], typer.Option("--stack", "-s", help="A Pulumi stack; repeat for several.")]
Photos = Annotated[Path, typer.Option(exists=True, file_okay=False, help="A folder of photos, sent in turn.")]
Bursts = Annotated[int, typer.Option(min=1, help="How many bursts.")]
BurstSize = Annotated[int, typer.Option(min=1, help="Uploads in a burst.")]
WarmUp = Annotated[int, typer.Option(min=0, help="Uploads before the first burst, kept apart.")]
Rate = Annotated[
    float | None, typer.Option(min=0.01, help="Uploads a second in one stream, instead of bursts.")
]
Timeout = Annotated[
    float, typer.Option(min=1, help="Seconds from a burst's last upload; later jobs are lost.")
]
Out = Annotated[Path, typer.Option(help="Where to make the run folders.")]
Chaos = Annotated[
    str,
    typer.Option(help=f"Faults to inject: {', '.join(NAMED)}, a profile's text, or a file with one."),
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
    chaos: Chaos = "",
    as_json: Json = False,
) -> None:
    """Measure stacks, burst by burst in turn, or with --rate in one stream of uploads each.

    An interrupted run keeps what was measured, and --resume goes on with it. Exits with 1 if an upload was
    lost or its job failed.
    """
    files = sorted(path for path in photos.iterdir() if path.suffix.lower() in SUFFIXES)
    if not files:
        raise RunError(f"{photos} holds no photo; these are taken: {', '.join(SUFFIXES)}.")
    plan = Plan(bursts, burst_size, warm_up, rate)
    faults = profile(chaos) if chaos else None
    names = tuple(dict.fromkeys(stack))
    deployments = [DeployedStack.of(name) for name in names]
    if len({each.where for each in deployments}) > 1:
        raise RunError("Stacks on emulators and on clouds cannot be measured together: measure them apart.")
    kept = f"What was measured is kept in {out}; the same command with --resume goes on."
    benches: list[Bench] = []
    try:
        with ending_politely(), injected(faults, names, print_error) if faults else nullcontext():
            if faults:  # the stacks' outputs name them now
                deployments = [DeployedStack.of(name) for name in names]
            benches = [
                go_on(each, files, out) if resume else begin(each, files, plan, out) for each in deployments
            ]
            _measure(benches, timeout)
    except KeyboardInterrupt:
        if benches:
            _show([_accounts(each) for each in benches], as_json)
        print_error(f"Interrupted. {kept}")
        raise typer.Exit(130) from None
    except (StoreUnavailable, NotRunning):
        print_error(kept)
        raise
    _finish(benches, as_json)


def _measure(benches: Sequence[Bench], timeout: float) -> None:
    """Send the bursts, stack by stack in turn, so that a change of the surroundings meets all of them."""
    todo = sorted((part, at) for at, each in enumerate(benches) for part in each.parts())
    with progress() as bar:
        task = bar.add_task("all", total=len(todo), note="")
        for part, at in todo:
            benches[at].send(part, timeout, bar)
            bar.advance(task)
    for each in benches:
        write_head(each.folder, replace(each.run, ended=now()))


def _finish(benches: Sequence[Bench], as_json: bool) -> None:
    results = [_accounts(each) for each in benches]
    _show(results, as_json)
    if not as_json:
        console.print(f"\ntwinlens report {escape(' '.join(str(each.folder) for each in benches))}")
    if any(each["failed"] or each["lost"] for each in results):
        raise typer.Exit(1)


def _show(results: Sequence[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json(results)
        return
    names = list(results[0])
    console.print(
        table(names, [[escape(str(cell)) for cell in each.values()] for each in results], names[2:])
    )


def _accounts(bench: Bench) -> dict[str, Any]:
    """Return what became of every upload; those under way were sent before an interruption."""
    states = [record.state for record in read(bench.folder).jobs]
    under_way = len(bench.under_way(range(bench.run.plan.bursts + 1)))
    return {
        "stack": bench.run.stack,
        "run": str(bench.folder),
        "uploads": len(states) + under_way,
        **{state: states.count(state) for state in ("succeeded", "rejected", "failed", "lost")},
        "under_way": under_way,
    }

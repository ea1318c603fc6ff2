"""``twinlens advise``: which variant to deploy, by bill and simulated latency."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, cast

import numpy as np
import typer
from rich.markup import escape

from bench.photos import photos_in
from cli.console import Json, console, print_json, print_table, progress
from compare.cost.exact import dollars
from compare.prices.reading import load as load_prices
from core.errors import SetupError
from core.recipes import load as load_recipe
from simulation.advice.advise import DRAWS, THOROUGH_DRAWS, Advice, Question, Ranked
from simulation.advice.advise import advise as make
from simulation.advice.chart import chart
from simulation.book import load
from simulation.workload import Photos, Profile

PROFILES = ("poisson", "daily", "rate")
OTHER = "events, ledger and network"
PARTS = {
    "functions": ("lambda", "functions"),
    "orchestration": ("stepfunctions", "durable", "queue", "table"),
    "storage of photos": ("s3", "blob"),
    "logs and alarms": ("cloudwatch", "monitor", "xray"),
    OTHER: (),
}
COLUMNS = ("variant", "$ a month", "p95, s", "wins", "keeps it")


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|m|min)?", text.strip())
    if not found or not float(found[1]):
        raise typer.BadParameter(f"{text!r} is no time; write 5s, 800ms or 2m.")
    return float(found[1]) * {"ms": 0.001, "m": 60.0, "min": 60.0}.get(found[2] or "s", 1.0)


def _profile(text: str) -> str:
    if text not in PROFILES:
        raise typer.BadParameter(
            f"{text!r} is no profile of arrivals; it must be one of {', '.join(PROFILES)}."
        )
    return text


def advise(
    images_per_month: Annotated[int, typer.Option(min=1, max=10**8, help="Photos a month.")],
    arrivals: Annotated[
        str, typer.Option(parser=_profile, help="How they arrive: poisson, daily or rate.")
    ] = "daily",
    megapixels: Annotated[float, typer.Option(min=0.01, max=1000, help="Size of a photo.")] = 12.0,
    photos: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="Take the sizes of these photos."),
    ] = None,
    p95: Annotated[
        float, typer.Option(parser=_seconds, help="The longest time for 19 of 20 photos, such as 5s.")
    ] = "5s",  # type: ignore[assignment]
    max_failures: Annotated[float, typer.Option(min=0, max=1, help="The largest share of failures.")] = 0.0,
    recipe: Annotated[str, typer.Option("--recipe", "-r", help="A name in recipes/.")] = "gallery",
    thorough: Annotated[bool, typer.Option("--thorough", help="Draw the parameters more often.")] = False,
    as_json: Json = False,
) -> None:
    """Recommend a variant for a volume and a latency objective, and say how sure that is."""
    load_recipe(recipe)
    sizes = Photos(megapixels, megapixels) if photos is None else _sizes(photos)
    question = Question(images_per_month, cast(Profile, arrivals), sizes, p95, max_failures, recipe)
    with progress() as bar:
        task = bar.add_task("simulating every variant", total=100, note="")
        advice = make(
            question,
            load(),
            load_prices(),
            draws=THOROUGH_DRAWS if thorough else DRAWS,
            progress=lambda share: bar.update(task, completed=int(100 * share)),
        )
    if as_json:
        print_json(document(advice))
    else:
        show(advice)


def _sizes(folder: Path) -> Photos:
    """Return the sizes of a folder's photos.

    Raises:
        SetupError: The folder has no photo whose size can be read.
    """
    from PIL import Image

    found = []
    for path in photos_in(folder):
        try:
            with Image.open(path) as picture:
                found.append(picture.width * picture.height / 1e6)
        except OSError:
            continue
    if not found:
        raise SetupError(f"{folder} has no photo whose size can be read.")
    median, p95 = np.percentile(found, [50, 95]).tolist()
    return Photos(max(0.01, median), max(0.01, median, p95))


def show(advice: Advice) -> None:
    """Print the frontier as a table and a chart, the winner, and the lines that configure it."""
    best, question = advice.best, advice.question
    rows = [[escape(cell) for cell in _cells(each)] for each in worth_showing(advice)]
    print_table(COLUMNS, rows, numbers=COLUMNS[1:])
    console.print()
    points = [(float(each.bills.expected), each.latency[0], each is best) for each in advice.ranked]
    console.print(chart(points))
    for sentence in sentences(advice):
        console.print(sentence, soft_wrap=True)
    if best is None:
        return
    console.print(f"\n[bold]{escape(best.variant.name)}[/bold]")
    for key, value in best.variant.settings.items():
        console.print(f"pulumi config set {key} {value}")
    console.print(
        f"\n[yellow]Simulated, not measured[/yellow], for {question.images:,} photos a month. `p95` is from "
        "the end of an upload to the end of the workflow.",
        soft_wrap=True,
    )
    for reason in best.extrapolated:
        console.print(f"[yellow]Extrapolated:[/yellow] {escape(reason)}.", soft_wrap=True)


def sentences(advice: Advice) -> list[str]:
    """Say which variant wins, what decides it and how sure that is."""
    best, question = advice.best, advice.question
    if best is None:
        fastest = min(advice.ranked, key=lambda each: each.p95_s[0])
        return [
            f"No variant keeps a p95 of {question.p95_s:g} s with at most {question.most_failures:.1%} of "
            f"failures. The fastest is {fastest.variant.name} with {fastest.latency[0]:.2g} s."
        ]
    found = [
        f"{best.variant.name} is the cheapest of those that keep a p95 of {question.p95_s:g} s: "
        f"{dollars(best.bills.expected)} a month. It wins {best.wins:.0%} of {advice.draws} draws of the "
        f"parameters and keeps the objective in {best.meets:.0%}."
    ]
    other = next((each for each in advice.ranked[1:] if each.variant.cloud != best.variant.cloud), None)
    if other is not None:
        found.append(_against(best, other))
    return found


def _against(best: Ranked, other: Ranked) -> str:
    """Say what decides between the winner and the best of the other cloud."""
    mine, theirs = parts(best), parts(other)
    name = max(PARTS, key=lambda part: abs(theirs[part] - mine[part]))
    certain = "certainly" if best.bills.is_below(other.bills) else "by the expected values alone"
    cheaper = "cheaper" if best.bills.expected < other.bills.expected else "dearer"
    return (
        f"The best of the other cloud is {other.variant.name} with {dollars(other.bills.expected)} a month "
        f"and a p95 of {other.latency[0]:.2g} s. The winner is {cheaper} {certain}; most of the difference "
        f"is in {name}: {dollars(mine[name])} against {dollars(theirs[name])}."
    )


def parts(ranked: Ranked) -> dict[str, Decimal]:
    """Return the parts of the expected bill, in words that both clouds share."""
    found = dict.fromkeys(PARTS, Decimal(0))
    for line in ranked.bills.by_bound["expected"].lines:
        service = line.meter.name.split(".")[1]
        name = next((part for part, services in PARTS.items() if service in services), OTHER)
        found[name] += line.amount
    return found


def worth_showing(advice: Advice) -> list[Ranked]:
    """Return the frontier, who wins a draw, and the best of every orchestrator."""
    seen: set[tuple[str, str]] = set()
    chosen = []
    for each in advice.ranked:
        kind = each.variant.cloud, each.variant.orchestrator
        if each in advice.frontier or each.wins or kind not in seen:
            chosen.append(each)
        seen.add(kind)
    return chosen


def _cells(each: Ranked) -> tuple[str, ...]:
    value, low, high = each.latency
    return (
        each.variant.name,
        f"{dollars(each.bills.expected)} ({dollars(each.bills.low)} to {dollars(each.bills.high)})",
        f"{value:.2f} ({low:.2f} to {high:.2f})",
        f"{each.wins:.0%}",
        f"{each.meets:.0%}",
    )


def document(advice: Advice) -> dict[str, object]:
    """Return the advice as JSON values."""
    best = advice.best
    return {
        "images_per_month": advice.question.images,
        "p95_s": advice.question.p95_s,
        "draws": advice.draws,
        "where": "simulated",
        "best": best.variant.settings if best else None,
        "summary": sentences(advice),
        "variants": [
            {
                "variant": each.variant.name,
                "settings": each.variant.settings,
                "month": {name: float(getattr(each.bills, name)) for name in ("low", "expected", "high")},
                "p95_s": dict(zip(("value", "low", "high"), each.latency, strict=True)),
                "failures": each.failed[0],
                "wins": each.wins,
                "keeps_objective": each.meets,
                "frontier": each in advice.frontier,
                "extrapolated": list(each.extrapolated),
            }
            for each in advice.ranked
        ],
    }

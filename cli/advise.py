"""``twinlens advise``: which variant to deploy, by bill and simulated latency."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, cast

import msgspec
import numpy as np
import typer

from bench.photos import photos_in
from cli.console import Json, console, print_json, print_table, progress, shown
from cli.cost import ViewsPerPhoto, views_of
from compare.prices.reading import load as load_prices
from compare.report.forecast import Forecast, table
from core.errors import SettingsError, SetupError
from core.mistakes import Mistakes
from core.recipes import load as load_recipe
from core.visible import visible
from simulation.advice.advise import DRAWS, THOROUGH_DRAWS, Question
from simulation.advice.advise import advise as make
from simulation.advice.chart import chart
from simulation.advice.forecast import forecast
from simulation.advice.variants import Door
from simulation.book import load
from simulation.workload import Photos, Profile

PROFILES = ("poisson", "daily", "rate")


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


def _door(given: Sequence[str], views: int | None) -> Door:
    """Return the front door that the settings describe.

    Raises:
        SettingsError: A setting is not one of a front door, or not true or false; the message has them all.
    """
    found, mistakes = {"frontDoor": False, "cdn": True, "waf": False}, Mistakes(SettingsError)
    for each in given:
        name, _, value = each.partition("=")
        with mistakes.noted():
            if name not in found or value not in ("true", "false"):
                raise SettingsError(
                    f"--set {visible(each)}: every variant can have frontDoor, cdn and waf, each true or "
                    "false; the other settings are what is compared."
                )
            found[name] = value == "true"
    mistakes.report()
    front_door, cdn, waf = found.values()
    if not front_door and given:
        raise SettingsError("--set: cdn and waf are of a front door; add --set frontDoor=true.")
    if waf and not cdn:
        raise SettingsError("--set waf=true: the firewall stands before the CDN; leave cdn=false out.")
    return Door(front_door, front_door and cdn, waf, views_of(views, front_door=front_door))


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
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="A front door for every variant: frontDoor=true, cdn=false, waf=true."),
    ] = None,
    views_per_photo: ViewsPerPhoto = None,
    thorough: Annotated[bool, typer.Option("--thorough", help="Draw the parameters more often.")] = False,
    as_json: Json = False,
) -> None:
    """Recommend a variant for a volume and a latency objective, and say how sure that is."""
    load_recipe(recipe)
    door = _door(changes or (), views_per_photo)
    sizes = Photos(megapixels, megapixels) if photos is None else _sizes(photos)
    profile = cast(Profile, arrivals)
    question = Question(images_per_month, profile, sizes, p95, max_failures, recipe, door=door)
    with progress() as bar:
        task = bar.add_task("simulating every variant", total=100, note="")
        advice = make(
            question,
            load(),
            load_prices(),
            draws=THOROUGH_DRAWS if thorough else DRAWS,
            progress=lambda share: bar.update(task, completed=int(100 * share)),
        )
    made = forecast(advice)
    if as_json:
        print_json(msgspec.to_builtins(made))
    else:
        show(made)


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


def show(made: Forecast) -> None:
    """Print the frontier as a table and a chart, the winner, and the lines that configure it."""
    found = table(made)
    print_table(found.head, [[shown(cell) for cell in row] for row in found.rows], numbers=found.head[1:])
    console.print()
    points = [
        (each.month["expected"], each.p95_s["value"], each.settings == made.best) for each in made.variants
    ]
    console.print(chart(points))
    for sentence in made.summary:
        console.print(shown(sentence), soft_wrap=True)
    if made.best is None:
        return
    console.print()
    for key, value in made.best.items():
        console.print(f"pulumi config set {key} {value}")
    console.print(
        f"\n[yellow]Simulated, not measured[/yellow], for {shown(made.question)}. `p95` is from "
        "the end of an upload, or from asking for it at a front door, to the end of the workflow.",
        soft_wrap=True,
    )
    for reason in made.variants[0].extrapolated:
        console.print(f"[yellow]Extrapolated:[/yellow] {shown(reason)}.", soft_wrap=True)

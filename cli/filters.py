"""``twinlens filters``: list the tables and parameters that a recipe may contain."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from cli.console import Json, console, print_json, print_table
from core.parameters import REQUIRED, Parameter, parameters
from core.photo import filters as registry
from core.recipe import OutputFormat, Sheet, Size

TABLES = {"[[sizes]]": Size, "[[sheets]]": Sheet, "[[outputs]]": OutputFormat}


OwnFilters = Annotated[
    list[Path] | None,
    typer.Option(
        "--filters", exists=True, file_okay=False, help="A folder of your own filters; repeat for several."
    ),
]


def filters(own: OwnFilters = None, json: Json = False) -> None:
    """List the filters and the other tables of a recipe, with their parameters."""
    for folder in own or ():
        registry.add(folder)
    targets: dict[str, Callable[..., object]] = {name: registry.load(name) for name in registry.names()}
    known = {name: parameters(target) for name, target in (targets | TABLES).items()}
    if json:
        print_json(
            {
                name: {key: {"takes": str(each), "default": _default(each)} for key, each in keys.items()}
                for name, keys in known.items()
            }
        )
        return
    for name, keys in known.items():
        described = TABLES[name] if name in TABLES else inspect.getmodule(targets[name])
        about = (inspect.getdoc(described) or "It has no description.").partition("\n")[0]
        console.print(f"[bold]{escape(name)}[/bold]  {escape(about)}")
        rows = [
            [f"  {escape(key)}", escape(str(each)), escape(_printed(_default(each)))]
            for key, each in keys.items()
        ]
        if rows:
            print_table(("  parameter", "type", "default"), rows)
        console.print()


def _printed(default: object) -> str:
    return "required" if default is None else repr(default)


def _default(parameter: Parameter) -> object:
    return None if parameter.default is REQUIRED else parameter.default

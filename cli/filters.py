"""``twinlens filters``: what a recipe may ask for."""

from __future__ import annotations

import inspect

from rich.markup import escape

from cli.console import Json, console, print_json, table
from core.parameters import REQUIRED, Parameter, parameters
from core.photo import filters as registry


def filters(json: Json = False) -> None:
    """List the filters with the parameters a recipe may give them."""
    known = {name: parameters(registry.load(name)) for name in registry.names()}
    if json:
        print_json(
            {
                name: {key: {"takes": str(each), "default": _default(each)} for key, each in keys.items()}
                for name, keys in known.items()
            }
        )
        return
    rows = []
    for name, keys in known.items():
        about = (inspect.getdoc(inspect.getmodule(registry.load(name))) or "").splitlines()[0]
        rows.append([f"[bold]{escape(name)}[/bold]", "", escape(about), ""])
        rows += [
            [
                "",
                escape(key),
                escape(str(each)),
                escape("required" if each.default is REQUIRED else repr(each.default)),
            ]
            for key, each in keys.items()
        ]
    console.print(table(["filter", "parameter", "takes", "default"], rows))


def _default(parameter: Parameter) -> object:
    return None if parameter.default is REQUIRED else parameter.default

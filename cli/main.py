"""The ``twinlens`` command: assemble the subcommands and report every error in one line."""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bench import emulators
from cli.console import print_error
from core.errors import StoreUnavailable, TwinlensError

DEBUG = "TWINLENS_DEBUG"

# A command's module has either an app with several commands, or a function named like the module.
COMMANDS = (
    "process",
    "filters",
    "submit",
    "bench",
    "collect",
    "report",
    "cost",
    "estimate",
    "doctor",
    "jobs",
    "local",
    "prices",
)


class Commands(TyperGroup):
    """The commands by name; only the requested one is imported, since importing all takes seconds."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return all names in the order in which help lists them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the command; return ``None`` for an unknown name, after importing all for a suggestion."""
        for name in (cmd_name,) if cmd_name in COMMANDS else COMMANDS:
            if name not in self.commands:
                self.commands |= _command(name)
        return self.commands.get(cmd_name)


def _command(name: str) -> Any:
    module, parent = import_module(f"cli.{name}"), typer.Typer()
    if hasattr(module, "app"):
        parent.add_typer(module.app, name=name)
    else:
        parent.command()(getattr(module, name))
    return typer.main.get_group(parent).commands


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Deploy one photo pipeline to AWS or Azure, and compare their cost and latency.",
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(version("twinlens"))
        raise typer.Exit


@app.callback()
def root(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Declare the global options."""


def main() -> None:
    """Run the command line; exit with 0, with 1 after an error, or with 2 for wrong usage."""
    # This logger would repeat the error at length.
    logging.getLogger("azure.identity").setLevel(logging.CRITICAL)
    try:
        app()
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        print_error(explain(error))
        sys.exit(1)


def explain(error: Exception) -> str:
    """Return one line about the error: its message, or its type and how to see the traceback."""
    if isinstance(error, StoreUnavailable) and (reason := emulators.trouble()):
        return reason
    if isinstance(error, TwinlensError):
        return str(error)
    where = type(error).__module__.partition(".")[0]
    if where in ("botocore", "azure"):
        cloud = {"botocore": "AWS", "azure": "Azure"}[where]
        return f"{cloud} refused the request: {error} Set {DEBUG}=1 to see the traceback."
    return f"Unexpected {type(error).__name__}: {error}. Set {DEBUG}=1 to see the traceback."

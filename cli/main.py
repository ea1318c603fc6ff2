"""The ``twinlens`` command: assembles the groups and turns every error into one line."""

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

# A command's file has either an app, of several commands, or a function of its own name.
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
    """The commands by name; only what is asked for is imported, since all of them together take seconds."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return all names, in the order that help has them in."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the command; ``None`` if there is no such, with all of them there to suggest another."""
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
    """Hold the options of the whole command."""


def main() -> None:
    """Run the command line; leave with 0, 1 for an error that was explained, 2 for wrong usage."""
    # It would say a second time, at length, what its error says.
    logging.getLogger("azure.identity").setLevel(logging.CRITICAL)
    try:
        app()
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        print_error(explain(error))
        sys.exit(1)


def explain(error: Exception) -> str:
    """Return one line about the error: its own sentence, or its name and how to learn more."""
    if isinstance(error, StoreUnavailable) and (reason := emulators.trouble()):
        return reason
    if isinstance(error, TwinlensError):
        return str(error)
    where = type(error).__module__.partition(".")[0]
    if where in ("botocore", "azure"):
        cloud = {"botocore": "AWS", "azure": "Azure"}[where]
        return f"{cloud} refused the request: {error} Set {DEBUG}=1 to see the traceback."
    return f"Unexpected {type(error).__name__}: {error}. Set {DEBUG}=1 to see the traceback."

"""The ``twinlens`` command: assemble the subcommands and report every error in one line."""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from bench import emulators
from cli.console import print_error
from cli.examples import EXAMPLES
from cli.mistaken import sentence
from core.errors import StoreUnavailable, TwinlensError

DEBUG = "TWINLENS_DEBUG"

# A command's module has either an app with several commands, or a function named like the module. Its help
# stands here, since importing all commands takes seconds.
COMMANDS = {
    "process": "Process photos on this machine, without a cloud; exit with 1 unless all succeed.",
    "filters": "List the filters and the other tables of a recipe, with their parameters.",
    "submit": "Upload photos to a stack; with --wait, exit with 1 unless every job succeeds.",
    "batch": "Process photos that are in the store already, as one batch.",
    "bench": "Measure stacks by sending bursts of uploads to each in turn, or with --rate one steady stream.",
    "collect": "Query the usage that the platform reports for runs, and compare it with the estimate.",
    "report": "Compare runs: write the report, and print its table.",
    "cost": "Price one month's usage, and explain every line.",
    "estimate": "Estimate a month's bill of one or several stacks, before they are deployed.",
    "simulate": "Predict a workload's latency, throttling, cold starts and usage, before it is deployed.",
    "advise": "Recommend a variant for a volume and a latency objective, and say how sure that is.",
    "calibrate": "Fit the simulation's parameters to photos on this machine or to real runs, and show the "
    "changes.",
    "doctor": "List what is missing on this machine; exit with 1 if a requirement is missing.",
    "jobs": "Read a stack's ledger, decide about photos, and recover jobs.",
    "local": "Run both clouds on this machine.",
    "web": "Serve the page of the front door for one stack or several side by side; Ctrl-C ends it.",
    "photos": "Make photos to measure with.",
    "runs": "Look at runs, and at a stack over time.",
    "prices": "The price book and the vendors' live price lists.",
}


class Commands(TyperGroup):
    """The commands by name; only the requested one is imported."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {name: TyperCommand(name, help=sentence) for name, sentence in COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Import the command that the arguments name."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, name and command(name), rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a value that it does not take is named in the error."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = sentence(error)
            raise


def command(name: str) -> Any:
    """Import the command, and add its examples to its help."""
    module, parent = import_module(f"cli.{name}"), typer.Typer()
    if hasattr(module, "app"):
        parent.add_typer(module.app, name=name)
    else:
        parent.command()(getattr(module, name))
    made = typer.main.get_group(parent).commands[name]
    for each, path in ((made, name), *((sub, f"{name} {sub.name}") for sub in commands_of(made))):
        if path in EXAMPLES:
            each.epilog = "\n\n".join(("Examples:", *EXAMPLES[path]))
    return made


def commands_of(group: Any) -> list[Any]:
    """Return the commands of a group; a command that is no group has none."""
    return list(getattr(group, "commands", {}).values())


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # what can't be shown becomes an escape
            stream.reconfigure(errors="backslashreplace")
    # These loggers would repeat the error at length, or say how it was read.
    for name in ("azure.identity", "azure.storage"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
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
    if isinstance(error, OSError) and error.filename is not None:
        return f"{os.fsdecode(error.filename)} can't be used: {(error.strerror or str(error)).lower()}."
    if isinstance(error, ModuleNotFoundError) and error.name and not _ours(error.name):
        return f"The package {error.name!r} is not installed: run `make setup`, as after every pull."
    where = type(error).__module__.partition(".")[0]
    if where in ("botocore", "azure"):
        cloud = {"botocore": "AWS", "azure": "Azure"}[where]
        return f"{cloud} refused the request: {error} Set {DEBUG}=1 to see the traceback."
    kind = type(error).__name__
    return f"This is an error in Twinlens, {kind}: {error}. Set {DEBUG}=1 to see the traceback."


def _ours(module: str) -> bool:
    """Return whether a module belongs to this code."""
    return (Path(__file__).parents[1] / module.partition(".")[0]).is_dir()

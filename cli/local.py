"""``twinlens local``: run the emulators and the stacks on them, for daily work."""

from __future__ import annotations

import json
import os
import shlex
from typing import Annotated

import typer

from bench.emulators import extra
from cli.console import Json, console, print_json, print_table
from core.errors import SetupError
from core.signals import ending_politely
from local.environment import LocalStack, enter, others

BEFORE = "TWINLENS_BEFORE"  # what the shell had, as JSON

app = typer.Typer(no_args_is_help=True, help="Run both clouds on this machine.")


@app.command()
def up(
    only: Annotated[LocalStack | None, typer.Option("--stack", "-s", help="Deploy only this stack.")] = None,
    deploy: Annotated[bool, typer.Option(help="Deploy the stacks, not only start the emulators.")] = True,
) -> None:
    """Start the emulators and deploy the local stacks; if they are running, update the stacks."""
    with extra():
        from local import emulators, stack
    with ending_politely():
        emulators.up()
        if deploy:
            enter()
            for name in LocalStack if only is None else [only]:
                stack.up(name)
    console.print('Ready. `eval "$(twinlens local env)"` points your shell to it.')


@app.command()
def down() -> None:
    """Stop the emulators and everything they started, and delete the local stacks."""
    with extra():
        from local import emulators
    console.print("The emulators are stopped." if emulators.down() else "No emulators were running.")


@app.command()
def status(as_json: Json = False) -> None:
    """Show which emulators run, their addresses, and the deployed stacks; exit with 1 unless all run."""
    with extra():
        from local import emulators
    found = emulators.status()
    addresses = _addresses()
    deployed = _deployed() if all(found.values()) else {}
    if as_json:
        print_json({"emulators": found, "addresses": addresses, "deployed": deployed})
    else:
        rows = [
            (name, "[green]running[/green]" if well else "[red]not running[/red]", addresses.get(name, ""))
            for name, well in found.items()
        ]
        rows += [
            (name, "[green]deployed[/green]" if there else "not deployed", "")
            for name, there in deployed.items()
        ]
        print_table(("what", "state", "address"), rows)
    if not all(found.values()):
        raise typer.Exit(1)


@app.command()
def env(
    unset: Annotated[bool, typer.Option("--unset", help="Undo it: give the shell back what it had.")] = False,
    as_json: Json = False,
) -> None:
    """Print the variables that point a shell to the emulators, for ``eval "$(twinlens local env)"``."""
    with extra():
        from local.environment import variables
    before: dict[str, str | None] = json.loads(os.environ.get(BEFORE, "{}"))
    if unset:
        if not before:
            raise SetupError("This shell is not pointed to the emulators: there is nothing to undo.")
        changes = before | {BEFORE: None}
    else:
        found = variables()
        had = {name: os.environ.get(name) for name in (*found, *others(os.environ))}
        changes = dict.fromkeys(had) | found | {BEFORE: json.dumps(before or had)}
    if as_json:
        print_json({name: value for name, value in changes.items() if value is not None and name != BEFORE})
        return
    for name, value in changes.items():
        typer.echo(f"unset {name}" if value is None else f"export {name}={shlex.quote(value)}")


def _deployed() -> dict[str, bool]:
    from local import stack  # takes half a second

    return {str(name): bool(stack.outputs(name)) for name in LocalStack}


def _addresses() -> dict[str, str]:
    from local import state
    from local.errors import NotRunning

    try:
        current = state.load()
    except NotRunning:
        return {}
    azure = current.azure
    return {
        "ministack": current.aws.endpoint,
        "azurite": f"{azure.blob} (blob), {azure.queue} (queue), {azure.table} (table)",
        "azure-host": azure.control,
    }

"""``twinlens local``: run the emulators and the stacks on them, for daily work."""

from __future__ import annotations

import shlex
from typing import Annotated

import typer

from bench.emulators import extra
from cli.console import Json, console, print_json, print_table
from core.signals import ending_politely
from local.environment import LocalStack

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
        for name in LocalStack if only is None else [only]:
            if deploy:
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
def env(as_json: Json = False) -> None:
    """Print the variables that point a shell to the emulators, for ``eval "$(twinlens local env)"``."""
    with extra():
        from local.environment import variables
    found = variables()
    if as_json:
        print_json(found)
    else:
        for name, value in found.items():
            typer.echo(f"export {name}={shlex.quote(value)}")


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

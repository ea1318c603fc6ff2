"""``twinlens local``: run the emulators and the stacks on them, for daily work."""

from __future__ import annotations

import json
import os
import shlex
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any

import typer

from bench.emulators import extra
from bench.stack import DeployedStack
from cli.console import Json, console, errors, print_json, print_table, shown
from core.errors import SetupError
from core.signals import ending_politely
from local.environment import LocalStack, enter, others

POLL_SECONDS = 1
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


@app.command()
def listen(
    name: Annotated[LocalStack, typer.Option("--stack", "-s", help="The local stack.")],
    count: Annotated[int, typer.Option(min=0, help="End after so many; 0 for none.")] = 0,
    as_json: Json = False,
) -> None:
    """Print the notifications of a local stack as they come, with the links to decide on; Ctrl-C ends it."""
    deployment = DeployedStack.of(name)
    with extra():
        from local.notifications import subscribed
    with ending_politely(), suppress(KeyboardInterrupt), subscribed(deployment.outputs) as take:
        errors.print(f"Listening to the notifications of {name}. Ctrl-C ends it.")
        heard = 0
        while not count or heard < count:
            deployment.check()
            taken = take()
            heard += len(taken)
            for topic, body in taken:
                if as_json:
                    print_json({"topic": topic, **body})
                else:
                    _print(topic, body)
            if not taken:
                time.sleep(POLL_SECONDS)


def _print(topic: str, body: Mapping[str, Any]) -> None:
    """Print a notification; a link must not be folded."""
    told = [f"{topic:8}", body["id"][:12], body["source"]["key"], body["state"]]
    if body.get("error"):
        told.append(f"{body['error']['name']}: {body['error']['message']}")
    if topic == "review":
        told.append(f"{', '.join(body['flags'])}; until {body['review']['deadline']}")
    console.print("  ".join(map(shown, told)), soft_wrap=True)
    if link := body.get("link"):
        console.print(f"          {shown(link)}", soft_wrap=True)


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

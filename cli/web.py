"""``twinlens web``: the front door's page on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from bench.front_doors import open_doors
from cli.console import console, shown, stack_names
from core.errors import SetupError
from core.signals import ending_politely
from web.server import LOOPBACK, serve

PORT = 8700
LOCAL = ["aws-local", "azure-local"]

Stacks = Annotated[
    list[str],
    typer.Option("--stack", "-s", help="A Pulumi stack; repeat it.", autocompletion=stack_names),
]


def web(
    stack: Stacks = LOCAL,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The page's port.")] = PORT,
) -> None:
    """Serve the page of the front door for one stack or several side by side; Ctrl-C ends it."""
    page = f"http://{LOOPBACK}:{port}"
    doors = open_doors(stack, page)
    origins = [origin for door in doors for origin in door.origins]
    try:
        server = serve({door.stack: door.api for door in doors}, origins, port)
    except OSError as error:
        raise SetupError(
            f"Port {port} cannot be used ({error.strerror}): --port names another one, "
            "and twinlens:pageOrigin must then name it, too."
        ) from None
    with server, ending_politely():
        console.print(f"The page is at {shown(page)} for {', '.join(map(shown, stack))}. Ctrl-C ends it.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console.print("Ended.")

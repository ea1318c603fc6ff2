"""Run an app on Microsoft's Python worker library; the daemon sends it one JSON text per line over a socket.

A separate script, started with ``python -I -S -u worker.py CHANNEL FOLDER HOST_PACKAGES``: isolated, so that
nothing of the checkout or of the host's environment is importable by accident. An app sees its own folder,
the packages it contains, and from the host only what Azure's worker image provides as well.

Sent first: ``{"functions": [{"id", "name", "bindings"}]}``, or ``{"error": {...}}`` if the app cannot be
loaded. Received: ``{"call", "function", "inputs", "metadata"}``; the last two are name -> value, a value is
``{"type", "value"}`` as in the worker library's ``Datum``, bytes in base64.
Answered, in any order: ``{"call", "result": value}`` or ``{"call", "error": {"kind", "message", "stack"}}``.
The process ends when the socket does.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import os
import socket
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

LINE_LIMIT = 160 * 1024 * 1024  # a request of 100 MiB in base64
APP_PACKAGES = Path(".python_packages", "lib", "site-packages")

# The worker and the Durable SDK for durabletask's backend: always the host's, even if the app contains them.
AHEAD = (
    "azure.durable_functions",
    "azure.functions",
    "azure_functions_runtime",
    "azurefunctions",
    "durabletask",
    "google._upb",
    "google.protobuf",
    "grpc",
)
# What those need themselves: the app's, or else the host's.
BEHIND = ("markupsafe", "opentelemetry", "packaging", "typing_extensions", "werkzeug")
# Folders that several distributions share, so the app's and the host's parts have to be joined.
SHARED = ("azure", "google")


class HostModules:
    """Find the modules called ``names`` in the host's packages and nowhere else."""

    def __init__(self, packages: Path, names: Sequence[str]) -> None:
        self._packages = packages
        self._names = frozenset(names)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Answer the import system; see :class:`importlib.abc.MetaPathFinder`."""
        if fullname not in self._names:
            return None
        folder = self._packages.joinpath(*fullname.split(".")[:-1])
        return PathFinder.find_spec(fullname, [str(folder)], target)


class SharedFolders:
    """Make the shared folders importable even for an app that contains no part of them."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Answer the import system; see :class:`importlib.abc.MetaPathFinder`."""
        if fullname not in SHARED:
            return None
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = []
        return spec


def set_up_imports(folder: Path, packages: Path) -> None:
    """Make the app in ``folder``, its packages and the host's few modules importable."""
    sys.path.insert(0, str(folder))
    sys.path.append(str(folder / APP_PACKAGES))
    sys.meta_path.insert(0, HostModules(packages, AHEAD))
    sys.meta_path.extend([HostModules(packages, BEHIND), SharedFolders()])


def _messages() -> SimpleNamespace:
    """Return stand-ins for the gRPC messages with which the worker library answers its host."""
    binding = type("BindingInfo", (SimpleNamespace,), {"inout": 2, "out": 1, "undefined": 0})
    status = type("StatusResult", (SimpleNamespace,), {"Success": "success", "Failure": "failure"})
    plain = (
        "FunctionMetadataResponse",
        "RpcException",
        "RpcFunctionMetadata",
        "RpcRetryOptions",
        "WorkerInitResponse",
        "WorkerMetadata",
    )
    return SimpleNamespace(BindingInfo=binding, StatusResult=status, **dict.fromkeys(plain, SimpleNamespace))


async def load(folder: Path) -> dict[str, Any]:
    """Import the app and return the message that lists its functions, or the reason why there are none."""
    import azure_functions_runtime as runtime

    runtime.start_threadpool_executor()
    request = SimpleNamespace(
        worker_init_request=SimpleNamespace(capabilities={}, function_app_directory=str(folder))
    )
    properties = {"host": "127.0.0.1", "protos": _messages()}
    started = await runtime.worker_init_request(SimpleNamespace(request=request, properties=properties))
    if started.result.status != "success":
        reason = started.result.exception
        return {"error": {"message": reason.message, "stack": reason.stack_trace}}
    answer = await runtime.functions_metadata_request(None)
    return {
        "functions": [
            {
                "id": each.function_id,
                "name": each.name,
                "bindings": [json.loads(raw) for raw in each.raw_bindings],
            }
            for each in answer.function_metadata_results or ()
        ]
    }


async def run(message: dict[str, Any]) -> dict[str, Any]:
    """Run one function and return the message that answers ``message``."""
    from azure_functions_runtime.bindings.datumdef import Datum
    from azure_functions_runtime.native_invocation import invocation_request_native

    def decoded(value: dict[str, Any]) -> Any:
        match value["type"]:
            case "bytes":
                return Datum(base64.b64decode(value["value"]), "bytes")
            case "http":
                return Datum(_request(value["value"], Datum), "http")
        return Datum(value["value"], value["type"])

    call = message["call"]
    fine, result, _, text, stack = await invocation_request_native(
        str(call),
        message["function"],
        [(name, decoded(value)) for name, value in message["inputs"].items()],
        {name: decoded(value) for name, value in message["metadata"].items()},
    )
    if not fine:
        return {"call": call, "error": {"kind": text.partition("(")[0], "message": text, "stack": stack}}
    if result is None:
        return {"call": call, "result": None}
    content: Any
    match result.type:
        case "bytes":
            content = base64.b64encode(result.value).decode()
        case "http":
            content = _response(result.value)
        case _:
            content = result.value
    return {"call": call, "result": {"type": result.type, "value": content}}


def _request(request: dict[str, Any], datum: Any) -> dict[str, Any]:
    """Return an HTTP request as the worker library has it: texts, tables of texts, and bytes."""

    def texts(table: dict[str, str]) -> dict[str, Any]:
        return {name: datum(value, "string") for name, value in table.items()}

    return {
        "method": datum(request["method"], "string"),
        "url": datum(request["url"], "string"),
        **{part: texts(request[part]) for part in ("headers", "params", "query")},
        "body": datum(base64.b64decode(request["body"]), "bytes"),
    }


def _response(response: dict[str, Any]) -> dict[str, Any]:
    """Return the library's HTTP response as JSON values, its body in base64."""
    return {
        "status_code": response["status_code"].value,
        "headers": {name: each.value for name, each in response["headers"].items()},
        "cookies": [each.output(header="").strip() for each in response["cookies"] or ()],
        "body": base64.b64encode(response["body"].value).decode(),
    }


async def serve(channel: socket.socket, folder: Path) -> None:
    """Load the app and run its functions until the daemon closes the channel."""
    reader, writer = await asyncio.open_connection(sock=channel, limit=LINE_LIMIT)
    running: set[asyncio.Task[None]] = set()

    def send(message: dict[str, Any]) -> None:
        writer.write(json.dumps(message).encode() + b"\n")

    async def answer(line: bytes) -> None:
        send(await run(json.loads(line)))

    send(await load(folder))
    async for line in reader:
        task = asyncio.create_task(answer(line))
        running.add(task)
        task.add_done_callback(running.discard)


def main() -> None:
    """Serve until the daemon closes the channel, then exit without waiting for anything."""
    channel, folder, packages = sys.argv[1:]
    set_up_imports(Path(folder), Path(packages))
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    for chatty in ("azure", "durabletask"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    asyncio.run(serve(socket.socket(fileno=int(channel)), Path(folder)))
    sys.stdout.flush()
    os._exit(0)  # a function may still run in a thread, but its result is no longer needed


if __name__ == "__main__":
    main()

"""Pulumi's resource provider protocol over gRPC, by which the engine calls the plugin.

The SDK's experimental provider server drops the hashes of assets and cannot pass unknown values on, so
this one speaks the protocol itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent import futures
from functools import wraps
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from core.errors import TwinlensError
from local.providers.diff import Change
from local.providers.provider import Ask, StandIn
from local.providers.resource import ProviderError
from local.providers.wire import decode, encode

MAX_MESSAGE_BYTES = 400 * 1024 * 1024  # the engine's own limit
WORKERS = 16
KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


def _answers(method: Callable[[Servicer, Any], Any]) -> Callable[[Servicer, Any, grpc.ServicerContext], Any]:
    """Turn an error into one line for the person who runs Pulumi."""

    @wraps(method)
    def call(servicer: Servicer, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(servicer, request)
        except TwinlensError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        except Exception as error:
            # Some SDKs put request ids and dates on separate lines.
            told = " ".join(str(error).split())
            context.abort(grpc.StatusCode.UNKNOWN, f"{type(error).__name__}: {told}")

    return call


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Translate the engine's requests for ``provider``; ``version`` is the SDK's."""

    def __init__(self, provider: StandIn, version: str) -> None:
        self._provider = provider
        self._version = version

    @_answers
    def GetPluginInfo(self, request: Any) -> Any:
        """Return the plugin's version."""
        return plugin_pb2.PluginInfo(version=self._version)

    @_answers
    def CheckConfig(self, request: Any) -> Any:
        """Accept the provider's settings unchanged."""
        return provider_pb2.CheckResponse(inputs=request.news)

    @_answers
    def DiffConfig(self, request: Any) -> Any:
        """Never replace resources because of the provider's settings."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    @_answers
    def Configure(self, request: Any) -> Any:
        """Store the settings, and ask for secrets, outputs and resources as plain values."""
        self._provider.configure(decode(request.args))
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    @_answers
    def Check(self, request: Any) -> Any:
        """Check and complete a resource's inputs."""
        inputs, wrong = self._provider.check(
            Ask(*_names(request), request.randomSeed), decode(request.olds), decode(request.news)
        )
        return provider_pb2.CheckResponse(
            inputs=encode(inputs),
            failures=[provider_pb2.CheckFailure(property=fault.path, reason=fault.reason) for fault in wrong],
        )

    @_answers
    def Diff(self, request: Any) -> Any:
        """Compare a resource's old and new inputs."""
        changes = self._provider.diff(Ask(*_names(request)), decode(request.old_inputs), decode(request.news))
        some = provider_pb2.DiffResponse.DIFF_SOME if changes else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=some,
            diffs=sorted({change.top for change in changes}),
            replaces=sorted({change.top for change in changes if change.replaces}),
            hasDetailedDiff=True,
            detailedDiff={change.path: _detail(change) for change in changes},
        )

    @_answers
    def Create(self, request: Any) -> Any:
        """Make a resource."""
        identity, outputs = self._provider.create(
            Ask(*_names(request)), decode(request.properties), request.preview
        )
        return provider_pb2.CreateResponse(id=identity, properties=encode(outputs))

    @_answers
    def Update(self, request: Any) -> Any:
        """Change a resource in place."""
        outputs = self._provider.update(
            Ask(*_names(request)), request.id, decode(request.olds), decode(request.news), request.preview
        )
        return provider_pb2.UpdateResponse(properties=encode(outputs))

    @_answers
    def Read(self, request: Any) -> Any:
        """Return whether a resource still exists, by an id in the response or none."""
        ask = Ask(*_names(request))
        if not request.inputs.fields and not request.properties.fields:
            raise ProviderError(
                f"{request.id} cannot be imported: the local stand-in reads only resources that it created."
            )
        if not self._provider.exists(ask, request.id, decode(request.properties)):
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)

    @_answers
    def Delete(self, request: Any) -> Any:
        """Remove a resource."""
        self._provider.delete(Ask(*_names(request)), request.id, decode(request.properties))
        return empty_pb2.Empty()

    @_answers
    def Invoke(self, request: Any) -> Any:
        """Call a provider function."""
        result = self._provider.invoke(request.tok, decode(request.args))
        return provider_pb2.InvokeResponse(**{"return": encode(result)})

    @_answers
    def Cancel(self, request: Any) -> Any:
        """Agree to stop; the engine ends the process."""
        return empty_pb2.Empty()


def serve(provider: StandIn, version: str) -> None:
    """Serve until the engine that started this process has ended."""
    options = [("grpc.max_receive_message_length", MAX_MESSAGE_BYTES)]
    server = grpc.server(futures.ThreadPoolExecutor(WORKERS), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(provider, version), server)
    port = server.add_insecure_port("127.0.0.1:0")
    parent = os.getppid()
    server.start()
    # The engine reads the port from the first line of standard output.
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while server.wait_for_termination(timeout=1) and os.getppid() == parent:
        pass


def _names(request: Any) -> tuple[str, str]:
    """Return the type token and the name from a URN: its last two parts, the type without its parents'."""
    *_, types, name = request.urn.split("::", 3)
    return types.rsplit("$", 1)[-1], name


def _detail(change: Change) -> Any:
    return provider_pb2.PropertyDiff(kind=KINDS[change.kind, change.replaces], inputDiff=True)

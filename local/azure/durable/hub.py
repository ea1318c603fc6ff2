"""A task hub: the state of an app's orchestrations, in the daemon's memory, so that it outlives workers."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterable, Callable
from concurrent import futures
from typing import Any

import grpc
from durabletask.internal import orchestrator_service_pb2 as messages
from durabletask.internal.grpc_interceptor import DefaultAsyncClientInterceptorImpl
from durabletask.internal.orchestrator_service_pb2_grpc import (
    TaskHubSidecarServiceStub,
    add_TaskHubSidecarServiceServicer_to_server,
)

from local.azure.durable.backend import Backend
from local.azure.process import Value

KEPT_INSTANCES = 200
PURGE_SECONDS = 30
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
SERVER_THREADS = 16
TASK_HUB = "taskhub"  # the metadata in which the SDK's clients name the hub
STATUS_PREFIX = "ORCHESTRATION_STATUS_"


class TaskHub:
    """An in-memory task hub behind a gRPC address on loopback.

    A finished orchestration is deleted once :data:`KEPT_INSTANCES` newer ones have finished. Clients name the
    hub in every call; since its name is a secret, it serves as a key.
    """

    def __init__(self, name: str) -> None:
        self._name = f"{name}-{secrets.token_hex(16)}"
        self._backend = Backend()
        options = [("grpc.max_receive_message_length", MAX_MESSAGE_BYTES)]
        # The backend's own start() would listen on every interface.
        self._server = grpc.server(
            futures.ThreadPoolExecutor(SERVER_THREADS), options=options, interceptors=[_Door(self._name)]
        )
        add_TaskHubSidecarServiceServicer_to_server(self._backend, self._server)
        self._address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()
        self._key = [(TASK_HUB, self._name)]
        named: Any = DefaultAsyncClientInterceptorImpl(self._key)
        self._channel = grpc.aio.insecure_channel(self._address, options=options, interceptors=[named])
        self.service: Any = TaskHubSidecarServiceStub(self._channel)
        self._janitor = asyncio.create_task(self._purge_regularly())

    def client_binding(self) -> Value:
        """Return the value of a function's ``durableClient`` parameter: how to reach this hub."""
        base = f"http://{self._address}/runtime/webhooks/durabletask"
        document = {
            "taskHubName": self._name,
            "creationUrls": {},
            "managementUrls": {},
            "baseUrl": base,
            "httpBaseUrl": base,
            "rpcBaseUrl": f"http://{self._address}",
            "maxGrpcMessageSizeInBytes": MAX_MESSAGE_BYTES,
            "grpcHttpClientTimeout": "00:01:40",
        }
        return {"type": "string", "value": json.dumps(document)}

    def work_items(self) -> AsyncIterable[Any]:
        """Return the stream of work items; gRPC passes no call of this kind to the channel's interceptor."""
        items: AsyncIterable[Any] = self.service.GetWorkItems(
            messages.GetWorkItemsRequest(), metadata=self._key
        )
        return items

    async def instances(self, limit: int) -> list[dict[str, Any]]:
        """Return the ``limit`` newest orchestrations, newest first."""
        answer = await self.service.QueryInstances(messages.QueryInstancesRequest())
        states = sorted(
            answer.orchestrationState, key=lambda each: each.createdTimestamp.ToNanoseconds(), reverse=True
        )
        return [
            {
                "id": each.instanceId,
                "name": each.name,
                "status": messages.OrchestrationStatus.Name(each.orchestrationStatus).removeprefix(
                    STATUS_PREFIX
                ),
                "created": each.createdTimestamp.ToJsonString(),
                "updated": each.lastUpdatedTimestamp.ToJsonString(),
            }
            for each in states[:limit]
        ]

    async def purge(self, keep: int) -> None:
        """Delete all finished orchestrations but the ``keep`` newest."""
        finished: list[str] = []
        request = messages.ListInstanceIdsRequest(pageSize=1000)
        while True:
            page = await self.service.ListInstanceIds(request)
            finished += page.instanceIds
            if not page.HasField("lastInstanceKey"):
                break
            request.lastInstanceKey.CopyFrom(page.lastInstanceKey)
        for instance in finished[: max(0, len(finished) - keep)]:
            await self.service.PurgeInstances(messages.PurgeInstancesRequest(instanceId=instance))

    async def stop(self) -> None:
        """Stop the server; the orchestrations are lost."""
        self._janitor.cancel()
        await self._channel.close()
        self._backend.stop()
        await asyncio.to_thread(self._server.stop(None).wait)

    async def _purge_regularly(self) -> None:
        while True:
            await asyncio.sleep(PURGE_SECONDS)
            with contextlib.suppress(grpc.RpcError):
                await self.purge(KEPT_INSTANCES)


class _Door(grpc.ServerInterceptor):  # type: ignore[misc]  # grpc has no types
    """Refuse calls that do not name the hub."""

    def __init__(self, hub: str) -> None:
        self._hub = hub
        self._refuse = grpc.unary_unary_rpc_method_handler(_refuse)

    def intercept_service(self, continuation: Callable[[Any], Any], details: Any) -> Any:
        named = any(
            key == TASK_HUB and secrets.compare_digest(value, self._hub)
            for key, value in details.invocation_metadata
        )
        return continuation(details) if named else self._refuse


def _refuse(request: object, context: Any) -> None:
    context.abort(grpc.StatusCode.UNAUTHENTICATED, "The call does not name the task hub.")

"""The pump: run the work items of a task hub with the app's functions, and return the results."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from durabletask.internal import orchestrator_service_pb2 as messages
from google.protobuf.wrappers_pb2 import StringValue

from local.azure import tasks
from local.azure.bindings import ACTIVITY_TRIGGER, ORCHESTRATION_TRIGGER
from local.azure.durable.hub import TaskHub
from local.azure.errors import FunctionFailed, WorkerLost
from local.azure.process import Value
from local.azure.tasks import Tasks

# After a crash, Azure delivers the work item again without limit. Here, an activity that crashes its worker
# this many times fails, so that a photo that crashes a library ends its job and not the whole run.
MAX_DELIVERIES = 3
REDELIVERY_SECONDS = 0.1

type Run = Callable[[str, str, Value], Awaitable[Value | None]]
"""Run the function of (trigger type, durable name) on the trigger's value and return what it returned."""


class Pump:
    """Serve one task hub with the functions that ``run`` reaches."""

    def __init__(self, hub: TaskHub, run: Run, log: logging.Logger) -> None:
        self._hub = hub
        self._run = run
        self._log = log
        self.limit(activities=1, orchestrations=1)
        self._running = Tasks(log)
        self._stream = tasks.start(self._take(), log)

    def limit(self, activities: int, orchestrations: int) -> None:
        """Limit how many functions of each kind run at once, starting with the next work item."""
        self._activities = asyncio.Semaphore(activities)
        self._orchestrations = asyncio.Semaphore(orchestrations)

    async def stop(self) -> None:
        """Cancel the work in progress."""
        self._stream.cancel()
        await asyncio.gather(self._stream, return_exceptions=True)
        self._running.cancel()
        await self._running.all()

    async def _take(self) -> None:
        async for item in self._hub.work_items():
            self._running.add(self._do(item))

    async def _do(self, item: Any) -> None:
        kind = item.WhichOneof("request")
        try:
            if kind == "orchestratorRequest":
                await self._hub.service.CompleteOrchestratorTask(await self._orchestrate(item))
            elif kind == "activityRequest":
                await self._hub.service.CompleteActivityTask(await self._act(item))
            else:
                self._log.error("The local host does not support work items of the kind %s.", kind)
        except grpc.RpcError:
            self._log.exception("The result of a %s could not be returned.", kind)

    async def _orchestrate(self, item: Any) -> Any:
        request = item.orchestratorRequest
        past = list(request.pastEvents)
        if any(event.HasField("executionCompleted") for event in past):
            # An activity that was not awaited finished late; there is nothing left to decide.
            return messages.OrchestratorResponse(
                instanceId=request.instanceId, completionToken=item.completionToken
            )
        started = [each for each in (*past, *request.newEvents) if each.HasField("executionStarted")]
        name = started[-1].executionStarted.name
        value = {"type": "string", "value": base64.b64encode(request.SerializeToString()).decode()}
        async with self._orchestrations:
            response = await self._replay(request.instanceId, name, value)
        response.completionToken = item.completionToken
        return response

    async def _replay(self, instance: str, name: str, value: Value) -> Any:
        while True:
            try:
                answer = await self._run(ORCHESTRATION_TRIGGER, name, value)
            except WorkerLost:  # a replay has no side effects, so it can be repeated until it succeeds
                await asyncio.sleep(REDELIVERY_SECONDS)
                continue
            except FunctionFailed as error:
                self._log.error("The orchestrator %s failed: %s", name, error)
                return _failed(instance, error)
            text = answer["value"] if answer else ""
            encoded = json.loads(text) if text.startswith('"') else text
            return messages.OrchestratorResponse.FromString(base64.b64decode(encoded))

    async def _act(self, item: Any) -> Any:
        request = item.activityRequest
        response = messages.ActivityResponse(
            instanceId=request.orchestrationInstance.instanceId,
            taskId=request.taskId,
            completionToken=item.completionToken,
        )
        value = {"type": "string", "value": request.input.value if request.HasField("input") else "null"}
        try:
            async with self._activities:
                answer = await self._deliver(request.name, value)
        except FunctionFailed as error:
            self._log.error("The activity %s failed: %s", request.name, error)
            response.failureDetails.CopyFrom(_details(error))
        else:
            response.result.CopyFrom(StringValue(value=_text(answer)))
        return response

    async def _deliver(self, name: str, value: Value) -> Value | None:
        for _ in range(1, MAX_DELIVERIES):
            try:
                return await self._run(ACTIVITY_TRIGGER, name, value)
            except WorkerLost:
                self._log.warning(
                    "The worker was lost while the activity %s ran; it is delivered again.", name
                )
                await asyncio.sleep(REDELIVERY_SECONDS)
        return await self._run(ACTIVITY_TRIGGER, name, value)


def _text(answer: Value | None) -> str:
    if answer is None or answer["value"] is None:
        return "null"
    value = answer["value"]
    return value if isinstance(value, str) else json.dumps(value)


def _details(error: FunctionFailed) -> Any:
    return messages.TaskFailureDetails(
        errorType=error.kind, errorMessage=str(error), stackTrace=StringValue(value=error.stack)
    )


def _failed(instance: str, error: FunctionFailed) -> Any:
    complete = messages.CompleteOrchestrationAction(
        orchestrationStatus=messages.ORCHESTRATION_STATUS_FAILED, failureDetails=_details(error)
    )
    action = messages.OrchestratorAction(id=-1, completeOrchestration=complete)
    return messages.OrchestratorResponse(instanceId=instance, actions=[action])

"""The Durable extension's side of the 2.x protocol: durabletask's own in-memory backend, in real time."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import azure.functions as functions
import scripted
from durabletask.internal import orchestrator_service_pb2 as messages

from handlers.azure import adapters
from local.azure.durable.hub import STATUS_PREFIX, TaskHub
from local.azure.durable.pump import Pump
from local.azure.errors import FunctionFailed

PATIENCE_SECONDS = 60


class Engine:
    """Runs orchestrations of one app."""

    def __init__(self, app: dict[str, Callable[..., Any]]) -> None:
        self._app = app
        self._hub = TaskHub("contract")
        self._pump = Pump(self._hub, self._run, logging.getLogger("contract"))
        self._pump.limit(activities=4, orchestrations=4)

    async def start(self, message: Any) -> Awaitable[dict[str, Any]]:
        """Deliver a message; the awaitable gives how the orchestration it started ended."""
        known = {each["id"] for each in await self._hub.instances(1000)}
        await self._app["start"](message=message, client=self._hub.client_binding()["value"])
        [instance] = {each["id"] for each in await self._hub.instances(1000)} - known
        return self._end(instance)

    async def stop(self) -> None:
        """Stop the backend."""
        await self._pump.stop()
        await self._hub.stop()

    async def _end(self, instance: str) -> dict[str, Any]:
        request = messages.GetInstanceRequest(instanceId=instance, getInputsAndOutputs=True)
        answer = await self._hub.service.WaitForInstanceCompletion(request, timeout=PATIENCE_SECONDS)
        state = answer.orchestrationState
        status = messages.OrchestrationStatus.Name(state.orchestrationStatus).removeprefix(STATUS_PREFIX)
        output = (
            json.loads(state.output.value) if status == "COMPLETED" else state.failureDetails.errorMessage
        )
        return {"instance": instance, "status": status, "output": output}

    async def _run(self, trigger: str, name: str, value: dict[str, Any]) -> dict[str, Any]:
        if trigger == "orchestrationTrigger":
            answer = await self._app[name](functions.OrchestrationContext(value["value"]))
            return {"type": "string", "value": answer}
        try:
            result = await asyncio.to_thread(self._app[name], json.loads(value["value"]))
        except scripted.Hanging:
            await asyncio.Event().wait()
        except scripted.Lost as error:
            raise FunctionFailed(str(error)) from None
        if name == "ask":
            # Told of at once, which is before this orchestration waits.
            await self._decide(result["ok"])
        return {"type": "json", "value": json.dumps(result)}

    async def _decide(self, job: dict[str, Any]) -> None:
        """Let somebody decide as the job's script says, and the app raise the event."""
        decide = partial(scripted.decide, adapters.ledger(), job["id"], job["source"]["key"])
        if await asyncio.to_thread(decide):
            message = functions.QueueMessage(id="decision", body=job["id"].encode())
            await self._app["decided"](message=message, client=self._hub.client_binding()["value"])

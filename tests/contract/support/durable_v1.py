"""The Durable extension's side of the 1.x protocol: histories in, actions out, in virtual time.

An orchestration is replayed with its whole history for every event, as the extension does it. Activities run
in the order they were asked for; a timer fires only when no activity is left to run.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import azure.functions as functions
import scripted

from handlers.azure import adapters

STARTED, SCHEDULED, COMPLETED, FAILED = 0, 4, 5, 6
TIMER_CREATED, TIMER_FIRED, EPISODE, EPISODE_DONE = 10, 11, 12, 13
EVENT_RAISED = 15
CHILD_CREATED, CHILD_COMPLETED, CHILD_FAILED = 7, 8, 9
CALL_ACTIVITY, CALL_CHILD, CONTINUE_AS_NEW, CREATE_TIMER, WAIT_FOR_EVENT = 0, 2, 4, 5, 6


class Client:
    """What the app's functions get: remembers the one orchestration or event that it is asked for."""

    started: tuple[str, str, Any]
    raised: tuple[str, str]

    async def start_new(self, name: str, instance: str, document: Any) -> None:
        """Remember what to start."""
        self.started = (name, instance, document)

    async def raise_event(self, instance: str, name: str, data: Any) -> None:
        """Remember which event to raise."""
        self.raised = (instance, name)


class Engine:
    """Runs orchestrations of one app."""

    def __init__(self, functions: dict[str, Callable[..., Any]]) -> None:
        self._functions = functions

    async def start(self, message: Any) -> Awaitable[dict[str, Any]]:
        """Deliver a message; the awaitable gives how the orchestration it started ended."""
        client = Client()
        await self._functions["start"].client_function(message, client)  # type: ignore[attr-defined]
        ended = await Orchestration(self._functions, *client.started).run()

        async def end() -> dict[str, Any]:
            return ended

        return end()

    async def stop(self) -> None:
        """Have nothing to stop."""


class Orchestration:
    """One orchestration and its history."""

    def __init__(
        self, functions: dict[str, Callable[..., Any]], name: str, instance: str, document: Any
    ) -> None:
        self._functions = functions
        self._name = name
        self._instance = instance
        self._input = json.dumps(document)
        self._clock = datetime(2026, 1, 1, tzinfo=UTC)
        self._history = [self._event(EPISODE), self._event(STARTED, Name=name, Version=None)]
        self._asked = 0
        self._calls: list[tuple[int, dict[str, Any]]] = []
        self._timers: list[tuple[str, int]] = []
        self._events: list[str] = []

    async def run(self) -> dict[str, Any]:
        """Run to the end."""
        while True:
            try:
                answer = json.loads(self._replay())
            except Exception as error:
                message = str(error).split("\n\n$OutOfProcData$:")[0]
                return {"instance": self._instance, "status": "FAILED", "output": message}
            continued = [each for each in _flat(answer["actions"]) if each["actionType"] == CONTINUE_AS_NEW]
            if continued:
                document = json.loads(continued[0]["input"])
                return await Orchestration(self._functions, self._name, self._instance, document).run()
            if answer["isDone"]:
                return {"instance": self._instance, "status": "COMPLETED", "output": answer["output"]}
            self._take(answer)
            self._clock += timedelta(milliseconds=5)
            outcome = await self._next()
            self._history += [self._event(EPISODE_DONE), self._event(EPISODE), outcome]

    def _replay(self) -> str:
        context = {
            "history": self._history,
            "instanceId": self._instance,
            "isReplaying": len(self._history) > 2,
            "parentInstanceId": None,
            "input": self._input,
            "upperSchemaVersion": 2,
        }
        return self._functions[self._name](json.dumps(context))

    def _take(self, answer: dict[str, Any]) -> None:
        actions = list(_flat(answer["actions"]))
        # The extension numbers what it schedules; an event has a name instead.
        scheduled = [each for each in actions if each["actionType"] != WAIT_FOR_EVENT]
        self._events = [each["externalEventName"] for each in actions if each not in scheduled]
        for number, action in enumerate(scheduled[self._asked :], self._asked):
            if action["actionType"] == CALL_ACTIVITY:
                self._history.append(self._event(SCHEDULED, EventId=number, Name=action["functionName"]))
                self._calls.append((number, action))
            elif action["actionType"] == CALL_CHILD:
                instance, name = action["instanceId"], action["functionName"]
                made = {"EventId": number, "Name": name, "InstanceId": instance, "Input": action["input"]}
                self._history.append(self._event(CHILD_CREATED, **made))
                self._calls.append((number, action))
            else:
                assert action["actionType"] == CREATE_TIMER, action
                self._history.append(self._event(TIMER_CREATED, EventId=number, FireAt=action["fireAt"]))
                self._timers.append((action["fireAt"], number))
        self._asked = len(scheduled)
        cancelled = {number for number, each in enumerate(scheduled) if each.get("isCanceled")}
        self._timers = [timer for timer in self._timers if timer[1] not in cancelled]

    async def _next(self) -> dict[str, Any]:
        if self._calls:
            number, action = self._calls.pop(0)
            if action["actionType"] == CALL_CHILD:
                document = json.loads(action["input"])
                child = Orchestration(self._functions, action["functionName"], action["instanceId"], document)
                ended = await child.run()
                if ended["status"] == "FAILED":
                    reason = {"Reason": ended["output"], "Details": ""}
                    return self._event(CHILD_FAILED, TaskScheduledId=number, **reason)
                result = json.dumps(ended["output"])
                return self._event(CHILD_COMPLETED, TaskScheduledId=number, Result=result)
            try:
                result = self._functions[action["functionName"]](json.loads(action["input"]))
            except scripted.Hanging:
                return await self._next()
            except scripted.Lost as error:
                return self._event(FAILED, TaskScheduledId=number, Reason=str(error), Details="")
            return self._event(COMPLETED, TaskScheduledId=number, Result=json.dumps(result))
        if self._events and (name := await self._decided()):
            return self._event(EVENT_RAISED, Name=name, Input=json.dumps(None))
        self._timers.sort()
        fire_at, number = self._timers.pop(0)
        self._clock = datetime.fromisoformat(fire_at)
        return self._event(TIMER_FIRED, TimerId=number, FireAt=fire_at)

    async def _decided(self) -> str | None:
        """Let somebody decide as the job's script says, and return the event that the app raises of it."""
        job, client = json.loads(self._input), Client()
        if not scripted.decide(adapters.ledger(), job["id"], job["source"]["key"]):
            return None
        message = functions.QueueMessage(id="decision", body=job["id"].encode())
        await self._functions["decided"].client_function(message, client)  # type: ignore[attr-defined]
        assert client.raised == (self._instance, self._events.pop())
        return client.raised[1]

    def _event(self, kind: int, **values: Any) -> dict[str, Any]:
        stamp = self._clock.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return {"EventType": kind, "EventId": -1, "IsPlayed": False, "Timestamp": stamp, **values}


def _flat(actions: list[Any]) -> Any:
    for action in actions:
        if isinstance(action, list):
            yield from _flat(action)
        elif "compoundActions" in action:
            yield from _flat(action["compoundActions"])
        else:
            yield action

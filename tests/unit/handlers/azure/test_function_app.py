"""The function app, as the stable Durable SDK indexes it."""

import asyncio
import base64
import json
import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import azure.functions as functions
import pytest

from core.deployment import variables
from core.deployment.variables import STUCK_SCHEDULE
from core.front_door.routes import ROUTES
from core.workflow import activities
from core.workflow.granularity import FUSED, GRANULARITIES, pipeline_in
from handlers.azure import front_door, function_app, reconciler
from handlers.azure.events import instance_id, job_from

HOST = json.loads((Path(function_app.__file__).parent / "host.json").read_text())
EVENT = {
    "eventType": "Microsoft.Storage.BlobCreated",
    "subject": "/blobServices/default/containers/uploads/blobs/incoming/a b.jpg",
    "eventTime": "2026-01-01T00:00:00Z",
    "data": {"eTag": "0x1", "contentLength": 3},
}
FUNCTIONS = {each.get_function_name(): each for each in function_app.app.get_functions()}
start = FUNCTIONS["start"].get_user_function().client_function


WORK = {"claim", "record", "notify", "defer", "ask", "settle", "items", "summarize"}
REVIEWED = {"pipeline_reviewed", "pipeline_reviewed_fused"}
BATCHES = {f"batch_of_{each}" for each in {"pipeline", "pipeline_fused"} | REVIEWED}


class Client:
    """A Durable client that knows some orchestrations already."""

    def __init__(self, known=()):
        self.known = set(known)
        self.started = []

    async def start_new(self, name, instance, document):
        if instance in self.known:
            raise RuntimeError("exists")
        self.started.append((name, instance, document))

    async def get_status(self, instance):
        return SimpleNamespace(name="pipeline") if instance in self.known else None


@pytest.fixture(autouse=True)
def recipe(monkeypatch):
    monkeypatch.setenv(variables.RECIPE, "gallery")


def message(event):
    body = base64.b64encode(json.dumps(event).encode())
    return functions.QueueMessage(id="message-1", body=body)


def test_there_is_a_function_for_everything_the_workflow_does():
    workflows = [pipeline_in(each) for each in GRANULARITIES]
    steps = {step.name for workflow in workflows for step in workflow.steps()}

    assert set(FUNCTIONS) == {"start", "pipeline", "pipeline_fused"} | REVIEWED | BATCHES | WORK | steps
    kinds = {name: {each.type for each in function.get_bindings()} for name, function in FUNCTIONS.items()}
    assert kinds["start"] == {"queueTrigger", "durableClient"}
    assert kinds["pipeline"] == kinds["pipeline_fused"] == {"orchestrationTrigger"}
    assert all(kinds[name] == {"orchestrationTrigger"} for name in REVIEWED | BATCHES)
    assert all(kinds[name] == {"activityTrigger"} for name in steps | WORK)


def test_there_are_timers_only_where_they_were_asked_for(monkeypatch):
    monkeypatch.setenv(STUCK_SCHEDULE, "0 */30 * * * *")
    scheduled = runpy.run_path(function_app.__file__)["app"].get_functions()
    timers = {
        each.get_function_name(): each for each in scheduled if each.get_function_name() not in FUNCTIONS
    }

    assert {name: each.get_trigger().schedule for name, each in timers.items()} == {
        "find_stuck": "%TWINLENS_STUCK_SCHEDULE%",
        "find_unclaimed": "%TWINLENS_UNCLAIMED_SCHEDULE%",
    }
    assert len(scheduled) == len(FUNCTIONS) + 2


@pytest.mark.parametrize("find", ["stuck", "unclaimed"])
def test_a_timer_looks_for_what_its_name_says(monkeypatch, find):
    monkeypatch.setenv(STUCK_SCHEDULE, "0 */30 * * * *")
    looked = []
    monkeypatch.setattr(reconciler, "reconcile", looked.append)
    scheduled = runpy.run_path(function_app.__file__)["app"].get_functions()
    [timer] = [each for each in scheduled if each.get_function_name() == f"find_{find}"]

    timer.get_user_function()(None)

    assert looked == [find]


def test_a_front_door_answers_its_routes_and_may_ask_how_far_orchestrations_are(monkeypatch):
    monkeypatch.setenv(variables.TICKETS_TABLE, "tickets")
    made = runpy.run_path(function_app.__file__)["app"].get_functions()
    doors = {each.get_function_name(): each for each in made if each.get_function_name() not in FUNCTIONS}
    calls = []

    async def answer(*call):
        calls.append(call)

    monkeypatch.setattr(front_door, "answer", answer)
    for route in ROUTES:
        door = doors.pop(route.name)
        trigger = door.get_trigger()
        assert (f"/{trigger.route}", [each.value for each in trigger.methods]) == (route.path, [route.method])
        assert {each.type for each in door.get_bindings()} == {"httpTrigger", "http", "durableClient"}
        asyncio.run(door.get_user_function().client_function("request", "client"))
        assert calls.pop() == (route, "request", "client")
    assert not doors


def test_the_queue_and_its_account_come_from_the_settings():
    [trigger] = [each for each in FUNCTIONS["start"].get_bindings() if each.type == "queueTrigger"]

    assert (trigger.queue_name, trigger.connection) == ("%TWINLENS_UPLOADS_QUEUE%", "PHOTOS")


def test_an_upload_starts_an_orchestration():
    client = Client()

    asyncio.run(start(message(EVENT), client))

    job = job_from(json.dumps(EVENT), "gallery")
    assert client.started == [("pipeline", instance_id(job, "message-1"), job.to_document())]


def test_a_message_of_a_batch_starts_the_batch_by_its_own_recipe():
    batch = {"items": 3, "concurrency": 2, "tolerated": 5.0, "begun": 0, "failed": 0}
    told = EVENT | {"data": EVENT["data"] | {"recipe": "web", "batch": batch}}
    client = Client()

    asyncio.run(start(message(told), client))

    [(name, _, document)] = client.started
    assert (name, document["recipe"], document["batch"]) == ("batch_of_pipeline", "web", batch)


def test_the_deployment_s_granularity_says_which_orchestration(monkeypatch):
    monkeypatch.setenv(variables.GRANULARITY, FUSED)
    client = Client()

    asyncio.run(start(message(EVENT), client))

    [(name, _, _)] = client.started
    assert name == "pipeline_fused"


def test_other_events_start_nothing():
    client = Client()

    asyncio.run(start(message({**EVENT, "eventType": "Microsoft.Storage.BlobDeleted"}), client))

    assert client.started == []


def test_a_message_that_is_handed_out_twice_starts_once():
    job = job_from(json.dumps(EVENT), "gallery")
    client = Client(known=[instance_id(job, "message-1")])

    asyncio.run(start(message(EVENT), client))

    assert client.started == []


def test_a_start_that_fails_is_left_to_the_queue():
    class Broken(Client):
        async def start_new(self, *_):
            raise RuntimeError("no storage")

    with pytest.raises(RuntimeError, match="no storage"):
        asyncio.run(start(message(EVENT), Broken()))


def test_activities_take_a_payload_and_answer(monkeypatch):
    answer = FUNCTIONS["validate"].get_user_function()({"job": {}, "attempt": 1})

    assert set(answer["error"]) == {"name", "message"}


def test_the_orchestration_runs_the_pipeline():
    job = job_from(json.dumps(EVENT), "gallery")
    moment = "2026-01-01T00:00:00.000000Z"
    history = [
        {"EventType": 12, "EventId": -1, "IsPlayed": False, "Timestamp": moment},
        {"EventType": 0, "EventId": -1, "IsPlayed": False, "Timestamp": moment, "Version": None},
    ]
    context = {
        "history": history,
        "instanceId": "one",
        "isReplaying": False,
        "parentInstanceId": None,
        "input": json.dumps(job.to_document()),
    }

    answer = json.loads(FUNCTIONS["pipeline"].get_user_function()(json.dumps(context)))

    assert answer["isDone"] is False
    assert answer["actions"][0][0]["functionName"] == "claim"


def test_the_host_takes_messages_as_they_are():
    assert HOST["extensions"]["queues"]["messageEncoding"] == "none"
    assert HOST["extensionBundle"]["version"].startswith("[4.")


def test_a_job_s_end_is_logged_and_no_other_step(monkeypatch, caplog):
    caplog.set_level("INFO")
    job = replace(job_from(json.dumps(EVENT), "gallery"), accepted_at="2026-01-01T00:00:01Z", execution="x")
    answers = {"record": {"ok": replace(job, state="succeeded").to_document()}, "claim": {"ok": {}}}
    fixed = {name: lambda payload, answer=answer: answer for name, answer in answers.items()}
    monkeypatch.setattr(activities, "activities", lambda *_, **__: fixed)
    made = runpy.run_path(function_app.__file__)["app"].get_functions()
    run = {each.get_function_name(): each.get_user_function() for each in made}
    caplog.clear()

    assert run["claim"]({}) == answers["claim"]
    assert caplog.messages == []
    assert run["record"]({}) == answers["record"]
    (line,) = caplog.messages
    assert json.loads(line.removeprefix("Job ended: "))["state"] == "succeeded"

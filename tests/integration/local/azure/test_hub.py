import json
import subprocess

from local.state import CHECKOUT
from local.toolchain import environments

CALLS = """
import asyncio, json
import grpc
from durabletask.internal import orchestrator_service_pb2 as messages
from durabletask.internal.orchestrator_service_pb2_grpc import TaskHubSidecarServiceStub
from local.azure.durable.hub import TaskHub

def answer(address, *metadata):
    with grpc.insecure_channel(address) as channel:
        try:
            service = TaskHubSidecarServiceStub(channel)
            service.QueryInstances(messages.QueryInstancesRequest(), metadata=metadata)
        except grpc.RpcError as error:
            return error.code().name
    return "OK"

async def main():
    hub = TaskHub("app")
    bound = json.loads(hub.client_binding()["value"])
    address, name = bound["rpcBaseUrl"].removeprefix("http://"), bound["taskHubName"]
    calls = [(), (("taskhub", "app"),), (("taskhub", name),)]
    print(json.dumps([await asyncio.to_thread(answer, address, *each) for each in calls]))
    assert await hub.instances(1) == []
    await hub.stop()

asyncio.run(main())
"""

WAITS = """
import asyncio, json, threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from durabletask.internal import orchestrator_service_pb2 as messages
from google.protobuf.timestamp_pb2 import Timestamp
from local.azure.durable.backend import Backend

CALLER = SimpleNamespace(is_active=lambda: True)

def timer(number, seconds):
    due = Timestamp()
    due.FromDatetime(datetime.now(UTC) + timedelta(seconds=seconds))
    return messages.OrchestratorAction(id=number, createTimer=messages.CreateTimerAction(fireAt=due))

def child(number):
    action = messages.CreateSubOrchestrationAction(instanceId=f"child {number}", name="child")
    return messages.OrchestratorAction(id=number, createSubOrchestration=action)

def end(status):
    action = messages.CompleteOrchestrationAction(orchestrationStatus=status)
    return messages.OrchestratorAction(id=-1, completeOrchestration=action)

async def waiting():
    await asyncio.sleep(0)
    return sum(not each.cancelled() for each in asyncio.get_running_loop()._scheduled)

async def main():
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))  # a second one may come otherwise
    backend, told = Backend(), []
    items = backend.GetWorkItems(messages.GetWorkItemsRequest(), CALLER)

    async def handle(actions):
        item = await asyncio.to_thread(next, items)
        request = item.orchestratorRequest
        told.append([each.WhichOneof("eventType") for each in request.newEvents])
        backend.CompleteOrchestratorTask(messages.OrchestratorResponse(
            instanceId=request.instanceId, completionToken=item.completionToken, actions=actions
        ), None)
        return request.instanceId

    backend.StartInstance(messages.CreateInstanceRequest(instanceId="parent", name="parent"), None)
    before = threading.active_count()
    waits = [timer(number, 3600) for number in range(9_000)]
    await handle([*waits, *map(child, range(9_000, 9_100))])
    for number in range(9_000, 9_100):
        waits = [timer(each, 3600) for each in range(10)]
        name = await handle([*waits, end(messages.ORCHESTRATION_STATUS_COMPLETED)])
        assert name == f"child {number}", name
    threads = threading.active_count() - before
    # All ends have come as one batch, and of what it waited for before, nothing comes in its next life.
    await handle([end(messages.ORCHESTRATION_STATUS_CONTINUED_AS_NEW)])
    await handle([timer(0, 0)])
    await handle([end(messages.ORCHESTRATION_STATUS_COMPLETED)])
    ended = told[-3].count("subOrchestrationInstanceCompleted"), told[-1]
    backend.StartInstance(messages.CreateInstanceRequest(instanceId="late", name="late"), None)
    await handle([timer(0, 3600)])
    kept = [await waiting()]
    backend.stop()
    print(json.dumps([threads, [*kept, await waiting()], *ended]))

asyncio.run(main())
"""


def run(script):
    python = environments.python(environments.AZURE_HOST)
    done = subprocess.run(
        [python, "-c", script], cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_only_who_knows_the_hub_s_name_may_call_it():
    assert run(CALLS) == ["UNAUTHENTICATED", "UNAUTHENTICATED", "OK"]


def test_ten_thousand_waits_take_no_threads_and_end_with_the_orchestration():
    threads, kept, ended, events = run(WAITS)

    assert threads <= 1  # of this test, which waits for work in it
    assert kept == [1, 0]  # of the one that has not ended, until all ends
    assert ended == 100
    assert events == ["orchestratorStarted", "timerFired"]

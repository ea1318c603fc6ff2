import json
import subprocess

from local.state import CHECKOUT
from local.toolchain import environments

SCRIPT = """
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


def test_only_who_knows_the_hub_s_name_may_call_it():
    python = environments.python(environments.AZURE_HOST)
    done = subprocess.run(
        [python, "-c", SCRIPT], cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["UNAUTHENTICATED", "UNAUTHENTICATED", "OK"]

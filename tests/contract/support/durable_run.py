"""Index the function app under this interpreter's Durable SDK and drive it with storage events.

Run as a program, in the environment of one SDK: ``python durable_run.py <folder with further packages>``.
Takes JSON on standard input, ``{"messages": [{"id": ..., "text": ...}, ...]}``, and prints the SDK's version,
the app's functions and how each orchestration ended. The messages are delivered one after the other; the
orchestrations that they start run side by side.
"""

import asyncio
import importlib.metadata
import json
import sys

sys.path.append(sys.argv[1])

import azure.functions as functions
import scripted

from handlers.azure import activities, function_app

activities.execute = scripted.execute
activities.tools = lambda store: None

FUNCTIONS = {each.get_function_name(): each for each in function_app.app.get_functions()}
VERSION = importlib.metadata.version("azure-functions-durable")

if VERSION.startswith("1."):
    from durable_v1 import Engine
else:
    from durable_v2 import Engine


async def main() -> None:
    """Deliver the messages and tell how it went."""
    engine = Engine({name: each.get_user_function() for name, each in FUNCTIONS.items()})
    runs = []
    for message in json.load(sys.stdin)["messages"]:
        queued = functions.QueueMessage(id=message["id"], body=message["text"].encode())
        runs.append(await engine.start(queued))
    ends = [await end for end in runs]
    await engine.stop()
    triggers = {
        name: next(each.type for each in function.get_bindings() if each.type.endswith("Trigger"))
        for name, function in FUNCTIONS.items()
    }
    json.dump({"version": VERSION, "functions": triggers, "ends": ends}, sys.stdout)


asyncio.run(main())

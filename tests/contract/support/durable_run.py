"""Index the function app under this interpreter's Durable SDK and drive it with storage events.

Run as a program, in the environment of one SDK: ``python durable_run.py <folder with further packages>``.
Takes JSON on standard input, ``{"messages": [{"id": ..., "text": ..., "granularity": ...}, ...]}``, and
prints the SDK's version, the app's functions and how each orchestration ended. The messages are delivered
one after the other; the orchestrations that they start run side by side. Beside the app's granularities
there are ``hasty``, the stepwise one with little time, and ``reviewed``, in which flagged photos wait.
"""

import asyncio
import importlib.metadata
import json
import os
import sys
from dataclasses import replace

sys.path.append(sys.argv[1])

import azure.functions as functions
import scripted

from core.batch import items, summary
from core.deployment import variables
from core.workflow import activities
from core.workflow.granularity import STEPWISE, pipeline_in
from handlers.azure import function_app

activities.execute = scripted.execute
function_app.tools = scripted.tools
items.PAGE = summary.READ = scripted.PAGE
os.environ[variables.RUN_SECONDS] = "0"

HASTY = "hasty"
function_app.WORKFLOWS[HASTY] = replace(
    function_app.WORKFLOWS[STEPWISE], name=HASTY, timeout_seconds=scripted.HASTY_SECONDS
)
REVIEWED = "reviewed"
function_app.WORKFLOWS[REVIEWED] = replace(pipeline_in(STEPWISE, scripted.REVIEW_SECONDS), name=REVIEWED)
for added in (HASTY, REVIEWED):
    function_app._orchestration(function_app.WORKFLOWS[added])

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
        os.environ[variables.GRANULARITY] = message["granularity"]
        queued = functions.QueueMessage(id=message["id"], body=message["text"].encode())
        runs.append(await engine.start(queued))
    ends = [await end for end in runs]
    await engine.stop()
    triggers = {
        name: next(each.type for each in function.get_bindings() if each.type.endswith("Trigger"))
        for name, function in FUNCTIONS.items()
        if name not in (HASTY, REVIEWED)
    }
    json.dump({"version": VERSION, "functions": triggers, "ends": ends}, sys.stdout)


asyncio.run(main())

"""The function app, in the v2 programming model: queue trigger, timers, orchestrations and activities.

It works with azure-functions-durable 1.x and 2.x, using only names that both have. Annotations of bound
parameters are plain classes, because the worker rejects parameterized ones.
"""

import logging
import os
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import azure.durable_functions as durable
import azure.functions as functions

from core.deployment import variables
from core.deployment.names import PURGE_HISTORY, REVIEW_PAGE, STUCK, UNCLAIMED
from core.deployment.variables import (
    CONNECTION,
    DECISIONS_QUEUE,
    PURGE_SCHEDULE,
    STUCK_SCHEDULE,
    UNCLAIMED_SCHEDULE,
    UPLOADS_QUEUE,
    WAIT_SECONDS,
)
from core.tools import tools
from core.workflow.activities import Activity, activities
from core.workflow.batch import batch_of
from core.workflow.granularity import GRANULARITIES, STEPWISE, all_steps, pipeline_in
from core.workflow.interpreter import interpret
from core.workflow.model import Workflow
from handlers.azure import adapters
from handlers.azure.events import instance_id, job_from
from handlers.azure.host import DurableHost
from handlers.azure.telemetry import log_end

if TYPE_CHECKING:
    from core.recovery.schedule import Find

# How long a decision may take is told to the activity that asks; what began under another value goes on.
REVIEW_SECONDS = int(os.environ.get(variables.REVIEW_SECONDS, "0"))
WORKFLOWS = {each: pipeline_in(each, REVIEW_SECONDS) for each in GRANULARITIES}
ACTIVITIES = activities(
    all_steps(),
    claims=adapters.ledger,
    notifier=adapters.notifier,
    tools=lambda: tools(adapters.store),
    page=adapters.review_page,
    seconds=lambda: float(os.environ[variables.RUN_SECONDS]),
)
app = durable.DFApp()


@app.function_name("start")
@app.queue_trigger(arg_name="message", queue_name=f"%{UPLOADS_QUEUE}%", connection=CONNECTION)
@app.durable_client_input(client_name="client")
async def start(message: functions.QueueMessage, client: durable.DurableOrchestrationClient) -> None:
    """Start an orchestration for the message's upload."""
    job = job_from(message.get_body().decode(), os.environ[variables.RECIPE])
    if job is None:
        return
    instance = instance_id(job, str(message.id))
    workflow = WORKFLOWS[os.environ.get(variables.GRANULARITY, STEPWISE)]
    if job.batch:
        workflow = batch_of(workflow)
    try:
        await client.start_new(workflow.name, instance, job.to_document())
    except Exception:
        # If the message was delivered before and its orchestration exists, there is nothing to do. Otherwise
        # the error is raised and the host delivers the message again.
        if not await client.get_status(instance):
            raise
        logging.info("The orchestration %s was started before.", instance)


def _orchestration(workflow: Workflow) -> None:
    def run(context: durable.DurableOrchestrationContext) -> Generator[Any, Any, dict[str, Any]]:
        return (yield from interpret(workflow, DurableHost(context)))

    run.__name__ = workflow.name
    app.function_name(workflow.name)(app.orchestration_trigger(context_name="context")(run))


def _activity(name: str, activity: Activity) -> None:
    def run(payload: dict) -> dict:  # type: ignore[type-arg]
        answer = activity(payload)
        if name == "record":
            log_end(answer)
        return answer

    run.__name__ = name
    app.function_name(name)(app.activity_trigger(input_name="payload")(run))


def _timer(find: "Find", schedule: str) -> None:
    name = f"find_{find}"

    def run(timer: functions.TimerRequest) -> None:
        # Imported here: most workers start for photos and never need this.
        from handlers.azure.reconciler import reconcile

        reconcile(find)

    run.__name__ = name
    app.function_name(name)(app.timer_trigger(arg_name="timer", schedule=f"%{schedule}%")(run))


def _decisions() -> None:
    async def run(message: functions.QueueMessage, client: durable.DurableOrchestrationClient) -> None:
        from handlers.azure.review import tell

        await tell(message.get_body().decode(), adapters.ledger(), client)

    run.__name__ = "decided"
    bound = app.durable_client_input(client_name="client")(run)
    queue = f"%{DECISIONS_QUEUE}%"
    bound = app.queue_trigger(arg_name="message", queue_name=queue, connection=CONNECTION)(bound)
    app.function_name("decided")(bound)


def _review_page() -> None:
    def run(request: functions.HttpRequest) -> functions.HttpResponse:
        from handlers.azure.review_page import respond

        return respond(request)

    run.__name__ = REVIEW_PAGE
    # Anonymous: the secret in the link is of one job and works once; a function key would be of all.
    anybody = functions.AuthLevel.ANONYMOUS
    # All methods: to one that it does not name, the host would answer that there is no page.
    routed = app.route(REVIEW_PAGE, "request", auth_level=anybody)(run)
    app.function_name(REVIEW_PAGE)(routed)


def _purge() -> None:
    async def run(timer: functions.TimerRequest, client: durable.DurableOrchestrationClient) -> None:
        from handlers.azure.history import purge

        await purge(client, float(os.environ[WAIT_SECONDS]))

    run.__name__ = PURGE_HISTORY
    bound = app.durable_client_input(client_name="client")(run)
    bound = app.timer_trigger(arg_name="timer", schedule=f"%{PURGE_SCHEDULE}%")(bound)
    app.function_name(PURGE_HISTORY)(bound)


def _front_door() -> None:
    # Imported here: a deployment without it does not have it.
    from core.front_door.routes import ROUTES, Route

    def serve(route: Route) -> None:
        async def run(
            request: functions.HttpRequest, client: durable.DurableOrchestrationClient
        ) -> functions.HttpResponse:
            from handlers.azure.front_door import answer

            return await answer(route, request, client)

        run.__name__ = route.name
        anybody = functions.AuthLevel.ANONYMOUS
        path = route.path.removeprefix("/")
        bound = app.durable_client_input(client_name="client")(run)
        routed = app.route(path, "request", methods=[route.method], auth_level=anybody)(bound)
        app.function_name(route.name)(routed)

    for each in ROUTES:
        serve(each)


# All variants, since orchestrations from before a change of settings continue.
for reviewed in (0, REVIEW_SECONDS or 1):
    for granularity in GRANULARITIES:
        pipeline = pipeline_in(granularity, reviewed)
        _orchestration(pipeline)
        _orchestration(batch_of(pipeline))
for name, activity in ACTIVITIES.items():
    _activity(name, activity)
if STUCK_SCHEDULE in os.environ:
    _timer(STUCK, STUCK_SCHEDULE)
    _timer(UNCLAIMED, UNCLAIMED_SCHEDULE)
if DECISIONS_QUEUE in os.environ:
    _decisions()
    _review_page()
if adapters.front_door():
    _front_door()
if PURGE_SCHEDULE in os.environ:
    _purge()

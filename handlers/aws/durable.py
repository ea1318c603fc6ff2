"""The Lambda entry point of the durable function, which runs the workflow by interpreting it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution

from core.deployment import variables
from core.deployment.limits import GIVEN_UP
from core.job import Job, job_id
from core.review.decisions import TOPIC as REVIEW
from core.tools import tools
from core.workflow import activities
from core.workflow.activities import Activity
from core.workflow.granularity import all_steps, pipeline_in
from core.workflow.interpreter import interpret
from core.workflow.model import Workflow
from handlers.aws.claims import DynamoClaims
from handlers.aws.clients import client
from handlers.aws.durable_host import DurableHost
from handlers.aws.intake import upload_in
from handlers.aws.notifications import SnsNotifier
from handlers.aws.stores import S3Store


def handler(event: dict[str, Any], context: object) -> Any:
    """Begin or continue an execution, as the SDK does, by a client that needs no boto3."""
    return _durable()(event, context)


@cache
def _durable() -> Callable[[Any, Any], Any]:
    made: Callable[[Any, Any], Any] = durable_execution(run, boto3_client=client("lambda"))
    return made


def run(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Run the workflow for an "Object Created" event; return the finished job document.

    Raises:
        core.workflow.calls.Fault: The job failed.
        ValueError: The event is not that of an upload.
    """
    job = job_from(event, os.environ[variables.RECIPE])
    host = DurableHost(
        context,
        job.to_document(),
        _begun(context),
        _activities(),
        json.loads(os.environ[variables.STEP_FUNCTIONS]),
        _remember(job, str(context.execution_context.durable_execution_arn)),
    )
    return host.run(interpret(_workflow(), host))


def job_from(event: dict[str, Any], recipe: str) -> Job:
    """Return the job that an "Object Created" event starts; its execution is left for the workflow to set.

    Raises:
        ValueError: The event is not that of an upload.
    """
    upload = upload_in(json.dumps(event))
    if upload is None:
        raise ValueError("The input is no event of S3: it needs a bucket, a key, an etag, a size and a time.")
    source = upload.source
    identity = job_id(source.container, source.key, source.etag, recipe)
    return Job(identity, recipe, source, execution="", uploaded_at=upload.stored_at, accepted_at="")


def _begun(context: DurableContext) -> datetime:
    execution = context.state.get_execution_operation()
    if execution is None or execution.start_timestamp is None:
        raise ValueError("Lambda does not say when the execution began.")
    return execution.start_timestamp


def _workflow() -> Workflow:
    waiting = int(os.environ.get(variables.REVIEW_SECONDS, "0"))
    workflow = pipeline_in(os.environ[variables.GRANULARITY], waiting)
    return replace(workflow, timeout_seconds=int(GIVEN_UP.total_seconds()))


@cache
def _activities() -> dict[str, Activity]:
    topics = {
        "success": variables.SUCCESS_TOPIC,
        "error": variables.ERROR_TOPIC,
        REVIEW: variables.REVIEW_TOPIC,
    }
    return activities.activities(
        all_steps(),
        claims=lambda: DynamoClaims(os.environ[variables.LEDGER_TABLE]),
        notifier=lambda: SnsNotifier({name: os.environ.get(arn, "") for name, arn in topics.items()}),
        tools=lambda: tools(S3Store),
        page=lambda: os.environ.get(variables.REVIEW_PAGE, ""),
    )


def _remember(job: Job, execution: str) -> Callable[[str], bool]:
    ledger = DynamoClaims(os.environ[variables.LEDGER_TABLE])
    return lambda token: ledger.wait(replace(job, execution=execution), token)

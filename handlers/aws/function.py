"""The one Lambda entry point: each step's function runs it, told by its environment which step it is."""

from __future__ import annotations

import os
from typing import Any

from core.job import Job
from core.steps import execute
from core.tools import tools
from core.workflow.environment import STEP
from handlers.aws.stores import S3Store


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Run this function's step on ``{"job": <document or list of documents>, "attempt": n}``.

    Returns the job document with what the step added. Errors leave as they are: Lambda reports the class's
    name as ``errorType``, which is the name the state machine's retry and catch tables hold.
    """
    document = event["job"]
    if isinstance(document, list):
        jobs: Job | list[Job] = [Job.from_document(each) for each in document]
    else:
        jobs = Job.from_document(document)
    return execute(os.environ[STEP], jobs, tools(S3Store), event["attempt"]).to_document()

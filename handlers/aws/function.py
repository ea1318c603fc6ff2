"""The Lambda entry point of all steps; a variable in the function's environment names its step."""

from __future__ import annotations

import os
from typing import Any

from core.chaos import during
from core.deployment.variables import STEP
from core.errors import MESSAGE_CHARACTERS, message_of
from core.job import Job, merge
from core.steps import execute
from core.tools import tools
from handlers.aws.stores import S3Store


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Run this function's step on ``{"job": <document or list of documents>, "attempt": n}``.

    Returns the job document with the step's additions. Errors pass through: Lambda reports the class's name
    as ``errorType``, which is the name in the state machine's retry and catch tables. Only a long message is
    cut, so that the name and the message reach the state machine whole.
    """
    document = event["job"]
    documents = document if isinstance(document, list) else [document]
    job = merge(map(Job.from_document, documents))
    step, attempt = os.environ[STEP], event["attempt"]
    try:
        with during(step, job, attempt):
            return execute(step, job, tools(S3Store), attempt).to_document()
    except Exception as error:
        if len(str(error)) > MESSAGE_CHARACTERS:
            error.args = (message_of(error),)
        raise

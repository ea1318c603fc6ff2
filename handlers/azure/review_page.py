"""The function with an HTTP trigger behind the review page."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

import azure.functions as functions

from core.deployment.variables import DECISIONS_QUEUE
from core.job import Job
from core.review.page import Page, Request
from core.review.preview import preview
from core.tools import tools
from handlers.azure import adapters, clients
from handlers.azure.review import wake


def respond(request: functions.HttpRequest) -> functions.HttpResponse:
    """Answer a request to the page."""
    queue = clients.queues(adapters.endpoint("queue")).get_queue_client(os.environ[DECISIONS_QUEUE])
    page = Page(adapters.ledger(), partial(wake, decisions=queue), _picture)
    asked = Request(request.method, urlsplit(request.url).query, request.get_body())
    answer = page.answer(asked, datetime.now(UTC))
    return functions.HttpResponse(answer.html, status_code=answer.status, headers=dict(answer.headers))


def _picture(job: Job) -> bytes:
    return preview(job, tools(adapters.store))

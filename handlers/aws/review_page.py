"""The Lambda function behind the review page's URL."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime
from typing import Any

from core.deployment.variables import LEDGER_TABLE
from core.job import Job
from core.review.page import Page, Request
from handlers.aws.ledger import DynamoLedger
from handlers.aws.review import wake


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer a request to the function's URL: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html."""
    body = event.get("body") or ""
    data = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    request = Request(event["requestContext"]["http"]["method"], event.get("rawQueryString", ""), data)
    page = Page(DynamoLedger(os.environ[LEDGER_TABLE]), wake, _picture)
    answer = page.answer(request, datetime.now(UTC))
    return {"statusCode": answer.status, "headers": dict(answer.headers), "body": answer.html}


def _picture(job: Job) -> bytes:
    from core.review.preview import preview  # Pillow, which a decision does not need
    from core.tools import tools
    from handlers.aws.stores import S3Store

    return preview(job, tools(S3Store))

"""Summarize a batch: what became of its items."""

from __future__ import annotations

import os
from typing import Any

from core.batch.summary import summarized
from core.deployment import variables
from core.job import Job
from handlers.aws.ledger import DynamoLedger
from handlers.aws.stores import S3Store


def summarize(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Be the Lambda function that summarizes ``{"job": <document>}``; return it with the artifact."""
    ledger = DynamoLedger(os.environ[variables.LEDGER_TABLE])
    store = S3Store(os.environ[variables.OUTPUT_CONTAINER])
    return summarized(Job.from_document(event["job"]), store, ledger.get).to_document()

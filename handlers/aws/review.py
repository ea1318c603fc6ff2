"""Ask a person for a decision about a job, and wake its execution when there is one."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from core.chaos import during
from core.deployment import variables
from core.job import Job
from core.ledger import LedgerRow
from core.review import decisions
from handlers.aws.clients import client
from handlers.aws.errors import translated
from handlers.aws.ledger import DynamoLedger
from handlers.aws.notifications import SnsNotifier


def ask(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Be the Lambda function that asks: ``{"job": <document>, "seconds": n, "attempt": n}``.

    Returns the document of the job, which waits for ``seconds``. A function sends the notification, and not
    the state machine, whose history would show the link.
    """
    job = Job.from_document(event["job"])
    ledger = DynamoLedger(os.environ[variables.LEDGER_TABLE])
    notifier = SnsNotifier({decisions.TOPIC: os.environ[variables.REVIEW_TOPIC]})
    page = os.environ.get(variables.REVIEW_PAGE, "")
    with during("ask", job, event["attempt"]):
        asked = decisions.ask(job, event["seconds"], datetime.now(UTC), ledger, notifier, page)
    return asked.to_document()


def wake(row: LedgerRow) -> None:
    """Tell the row's execution that there is a decision; one that does not wait yet will find it.

    A token that is not valid any more is no error: its execution has seen the end of the time, and looks
    into the ledger, or it is lost, and the reconciler restarts the job.
    """
    if not row.token:
        return
    states = client("stepfunctions")
    gone = (
        states.exceptions.TaskTimedOut,
        states.exceptions.TaskDoesNotExist,
        states.exceptions.InvalidToken,
    )
    with translated(f"job {row.id}"):
        try:
            states.send_task_success(taskToken=row.token, output="{}")
        except gone:
            return

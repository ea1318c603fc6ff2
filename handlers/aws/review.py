"""Ask a person for a decision about a job, and wake its execution when there is one."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import partial
from typing import Any

from core.chaos import during
from core.deployment import variables
from core.job import Job
from core.ledger import LedgerRow
from core.review import decisions
from handlers.aws.clients import client
from handlers.aws.errors import translated
from handlers.aws.intake import DURABLE
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

    The row's token is that of a state machine's task, or the id of a durable execution's callback. One that
    is not valid any more is no error: its execution has seen the end of the time, and looks into the ledger,
    or it is lost, and the reconciler restarts the job.
    """
    if not row.token:
        return
    if DURABLE in row.document["execution"]:
        functions = client("lambda")
        known = functions.exceptions
        gone = (
            known.CallbackTimeoutException,
            known.InvalidParameterValueException,
            known.ResourceNotFoundException,
        )
        tell = partial(functions.send_durable_execution_callback_success, CallbackId=row.token)
    else:
        states = client("stepfunctions")
        known = states.exceptions
        gone = (known.TaskTimedOut, known.TaskDoesNotExist, known.InvalidToken)
        tell = partial(states.send_task_success, taskToken=row.token, output="{}")
    with translated(f"job {row.id}"):
        try:
            tell()
        except gone:
            return

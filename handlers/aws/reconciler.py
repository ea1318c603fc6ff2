"""The Lambda entry point of the scheduled reconciler."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from typing import Any, Protocol

from core.deployment import variables
from core.recovery.jobs import Recovery
from core.recovery.schedule import by_schedule
from handlers.aws.clients import client
from handlers.aws.errors import translated
from handlers.aws.intake import IntakeInTime, S3Intake
from handlers.aws.ledger import DynamoLedger
from handlers.aws.notifications import SnsNotifier

# What is left of a run when a look stops: enough to read the ledger again, and to deliver what was found.
SPARE_MILLISECONDS = 300_000


class Context(Protocol):
    """What Lambda tells a function about its call."""

    invoked_function_arn: str

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda ends the call."""


def handler(event: dict[str, Any], context: Context) -> Mapping[str, int]:
    """Run once for ``{"find": "stuck" or "unclaimed"}``; return the number of each outcome.

    A look at more uploads than fit into the time calls this function again with the key it stopped at.
    """
    asked = variables.Reconciler.read(os.environ)
    intake = IntakeInTime(
        S3Intake(
            os.environ[variables.INPUT_CONTAINER],
            asked.prefix,
            asked.suffixes,
            os.environ[variables.STATE_MACHINE],
            event.get("after", ""),
        ),
        over=lambda: context.get_remaining_time_in_millis() < SPARE_MILLISECONDS,
    )
    recovery = Recovery(
        DynamoLedger(os.environ[variables.LEDGER_TABLE]),
        intake,
        SnsNotifier(
            {
                "success": os.environ[variables.SUCCESS_TOPIC],
                "error": os.environ[variables.ERROR_TOPIC],
            }
        ),
        os.environ[variables.RECIPE],
    )
    done = by_schedule(recovery, event["find"], asked.patience)
    logging.getLogger(__name__).info("Looked for what is %s: %s", event["find"], dict(done) or "nothing")
    if intake.stopped_at:
        with translated(f"function {context.invoked_function_arn}"):
            client("lambda").invoke(
                FunctionName=context.invoked_function_arn,
                InvocationType="Event",
                Payload=json.dumps({**event, "after": intake.stopped_at}),
            )
    return done

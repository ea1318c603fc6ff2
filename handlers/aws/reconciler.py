"""The Lambda entry point of the scheduled reconciler."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

from core.deployment import variables
from core.recovery import Recovery, by_schedule
from handlers.aws.intake import S3Intake
from handlers.aws.ledger import DynamoLedger
from handlers.aws.notifications import SnsNotifier


def handler(event: dict[str, Any], context: object) -> Mapping[str, int]:
    """Run once for ``{"find": "stuck" or "unclaimed"}``; return the number of each outcome."""
    asked = variables.Reconciler.read(os.environ)
    intake = S3Intake(
        os.environ[variables.INPUT_CONTAINER],
        asked.prefix,
        asked.suffixes,
        os.environ[variables.STATE_MACHINE],
    )
    recovery = Recovery(
        DynamoLedger(os.environ[variables.LEDGER_TABLE]),
        intake,
        SnsNotifier({"error": os.environ[variables.ERROR_TOPIC]}),
        os.environ[variables.RECIPE],
    )
    done = by_schedule(recovery, event["find"], asked.patience)
    logging.getLogger(__name__).info("Looked for what is %s: %s", event["find"], dict(done) or "nothing")
    return done

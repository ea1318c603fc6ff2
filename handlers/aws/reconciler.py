"""The Lambda entry point of the scheduled reconciler."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

from core.recovery import Recovery, by_schedule
from core.workflow import environment
from handlers.aws.ledger import DynamoLedger
from handlers.aws.notifications import SnsNotifier
from handlers.aws.recovery import S3Intake

LEDGER = "TWINLENS_LEDGER_TABLE"
STATE_MACHINE = "TWINLENS_STATE_MACHINE"
ERROR_TOPIC = "TWINLENS_ERROR_TOPIC"


def handler(event: dict[str, Any], context: object) -> Mapping[str, int]:
    """Do one run of what ``{"find": "stuck" or "unclaimed"}`` asks for; return how often it did what."""
    asked = environment.Reconciler.read(os.environ)
    intake = S3Intake(
        os.environ[environment.INPUT_CONTAINER], asked.prefix, asked.suffixes, os.environ[STATE_MACHINE]
    )
    recovery = Recovery(
        DynamoLedger(os.environ[LEDGER]),
        intake,
        SnsNotifier({"error": os.environ[ERROR_TOPIC]}),
        os.environ[environment.RECIPE],
    )
    done = by_schedule(recovery, event["find"], asked.patience)
    logging.getLogger(__name__).info("Looked for what is %s: %s", event["find"], dict(done) or "nothing")
    return done

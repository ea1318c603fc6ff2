"""One line in the app's log for each job that ended, which the alerts and the workbook read."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from core.deployment.names import JOB_ENDED
from core.workflow.model import DUPLICATE

# The SDKs log every request with its address, which holds the uploader's file name, at the level INFO.
logging.getLogger("azure").setLevel(logging.WARNING)


def log_end(answer: Mapping[str, Any]) -> None:
    """Log the end of the job that the activity ``record`` answered with, unless it recorded nothing.

    Requests of one orchestration have nothing in common in Application Insights, so they do not show how long
    a job took. The line has times in milliseconds, and nothing that an uploader controls. A repeated record
    repeats the line; ``execution`` tells which belong together. Waiting for a person counts as no time.
    """
    job = answer.get("ok")
    if not job or job["state"] == DUPLICATE:
        return
    moment, waited = datetime.now(UTC), _waited_ms(job.get("review"))
    line = {
        "job": job["id"],
        "execution": job["execution"],
        "state": job["state"],
        "took_ms": _ms_between(job["accepted_at"], moment) - waited,
        "since_upload_ms": _ms_between(job["uploaded_at"], moment) - waited,
    }
    logging.info("%s%s", JOB_ENDED, json.dumps(line))


def _waited_ms(review: Mapping[str, str] | None) -> int:
    if not review or not review["ended_at"]:
        return 0
    asked, ended = (datetime.fromisoformat(review[name]) for name in ("asked_at", "ended_at"))
    return round((ended - asked).total_seconds() * 1000)


def _ms_between(began: str, ended: datetime) -> int:
    return round((ended - datetime.fromisoformat(began)).total_seconds() * 1000)

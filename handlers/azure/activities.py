"""The activities of the workflow: job in, answer out.

An activity never raises: it answers ``{"ok": <job document>}`` or ``{"error": {"name", "message"}}``. An
exception would reach the orchestrator as text that each version of the Durable SDK words differently, and
the error's name, which decides what happens next, would be lost. What does arrive as an exception is then
the platform's own: a lost worker or a time-out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from core.chaos import during
from core.job import Job
from core.steps import execute
from core.tools import tools
from handlers.azure import ports
from handlers.azure.orchestrator import DUPLICATE

Payload = Mapping[str, Any]
Answer = dict[str, Any]


def step(name: str) -> Callable[[Payload], Answer]:
    """Return the activity that runs the step ``name``."""
    return _answering(name, lambda job, payload: execute(name, job, tools(ports.store), payload["attempt"]))


def _claim(job: Job, payload: Payload) -> Job:
    return job if ports.ledger().claim(job) else replace(job, state=DUPLICATE)


def _record(job: Job, payload: Payload) -> Job:
    done = replace(job, state=payload["state"])
    return done if ports.ledger().record(done) else replace(job, state=DUPLICATE)


def _notify(job: Job, payload: Payload) -> Job:
    ports.notifier().publish(payload["topic"], job)
    return job


def _answering(name: str, work: Callable[[Job, Payload], Job]) -> Callable[[Payload], Answer]:
    def activity(payload: Payload) -> Answer:
        try:
            job = Job.from_document(payload["job"])
            with during(name, job, payload["attempt"]):
                return {"ok": work(job, payload).to_document()}
        except Exception as error:
            return {"error": {"name": type(error).__name__, "message": str(error)}}

    return activity


# Beside the steps: what AWS does by direct integrations of the state machine.
claim = _answering("claim", _claim)
record = _answering("record", _record)
notify = _answering("notify", _notify)

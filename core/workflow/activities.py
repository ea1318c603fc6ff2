"""The activities of an interpreted workflow.

An activity never raises: it returns ``{"ok": <job document>}`` or ``{"error": {"name", "message"}}``. An
exception would reach the interpreter as text in a host-specific form, without the error's name, which decides
how the workflow continues. An exception that does arrive is an error of the platform: a lost worker or a
timeout.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from core.chaos import during
from core.errors import message_of
from core.job import Job
from core.ledger import Claims
from core.ports import Notifier
from core.review import decisions
from core.steps import Tools, execute
from core.workflow.model import DUPLICATE, Step

Payload = Mapping[str, Any]
Answer = dict[str, Any]
Activity = Callable[[Payload], Answer]
Work = Callable[[Job, Payload], Job | Answer]


def activities(
    steps: Iterable[Step],
    claims: Callable[[], Claims],
    notifier: Callable[[], Notifier],
    tools: Callable[[], Tools],
    page: Callable[[], str] = str,
    seconds: Callable[[], float] = lambda: math.inf,
) -> dict[str, Activity]:
    """Return the activities by name: one for each step and action, and ``items``, which reads a batch's.

    The ports are opened when an activity first needs them, and so is the address of the review ``page``.
    A call that works in parts begins nothing more after so many ``seconds``.
    """

    def claim(job: Job, payload: Payload) -> Job:
        return job if claims().claim(job) else replace(job, state=DUPLICATE)

    def record(job: Job, payload: Payload) -> Job:
        done = replace(job, state=payload["state"])
        return done if claims().record(done) else replace(job, state=DUPLICATE)

    def notify(job: Job, payload: Payload) -> Job:
        notifier().publish(payload["topic"], job)
        return job

    def ask(job: Job, payload: Payload) -> Job:
        return decisions.ask(job, payload["seconds"], datetime.now(UTC), claims(), notifier(), page())

    def settle(job: Job, payload: Payload) -> Job:
        return decisions.settle(job, claims())

    def defer(job: Job, payload: Payload) -> Job:
        return job if claims().defer(job) else replace(job, state=DUPLICATE)

    def step(name: str) -> Callable[[Job, Payload], Job]:
        return lambda job, payload: execute(name, job, tools(), payload["attempt"])

    def items(job: Job, payload: Payload) -> Answer:
        from core.batch.items import page_of  # most workers see no batch

        return {"items": [each.job().to_document() for each in page_of(job, tools().output)]}

    def summarize(job: Job, payload: Payload) -> Job | Answer:
        from core.batch.summary import summarized_in_parts

        made = payload.get("parts", [])  # what an orchestration asked for before a deployment has none
        done = summarized_in_parts(job, tools().output, claims().get, made, seconds())
        return done if isinstance(done, Job) else {"parts": done}

    work: dict[str, Work] = {each.name: step(each.name) for each in steps}
    work |= {"claim": claim, "record": record, "notify": notify, "defer": defer}
    work |= {"ask": ask, "settle": settle, "items": items, "summarize": summarize}
    return {name: _answering(name, each) for name, each in work.items()}


def _answering(name: str, work: Work) -> Activity:
    def activity(payload: Payload) -> Answer:
        try:
            job = Job.from_document(payload["job"])
            with during(name, job, payload["attempt"]):
                done = work(job, payload)
            return {"ok": done.to_document() if isinstance(done, Job) else done}
        except Exception as error:
            return {"error": {"name": type(error).__name__, "message": message_of(error)}}

    return activity

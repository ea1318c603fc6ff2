"""Call the activities of a host, with the retries of a task."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping
from datetime import timedelta
from typing import Any

from core.job import Job
from core.workflow.host import Host
from core.workflow.retries import TRANSIENT, Retry, table_for

WORKER_LOST = "WorkerLost"  # an activity's worker died or timed out

Flow = Generator[Any, Any, Job]


class Fault(Exception):
    """An error that an activity returned, or the failure of a workflow."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


def call(name: str, details: Mapping[str, Any], job: Job, tables: tuple[Retry, ...], host: Host) -> Flow:
    """Run the activity with retries and return the job that it answers.

    Raises:
        Fault: It failed, and no table retries it any more.
    """
    return Job.from_document((yield from answered(name, details, job, tables, host)))


def answered(
    name: str, details: Mapping[str, Any], job: Job, tables: tuple[Retry, ...], host: Host
) -> Generator[Any, Any, Mapping[str, Any]]:
    """Run the activity with retries and return its answer; see :func:`call`."""
    payload = {"job": job.to_document(), **details}
    retries: Counter[Retry] = Counter()
    while True:
        try:
            answer = yield host.call(name, {**payload, "attempt": retries.total() + 1})
        except Exception as error:
            # Any class: Durable 1.x raises a bare Exception here and 2.x its own.
            fault, listed = Fault(WORKER_LOST, f"The worker of {name} was lost: {error}"), TRANSIENT
        else:
            if "ok" in answer:
                ok: Mapping[str, Any] = answer["ok"]
                return ok
            fault = Fault(**answer["error"])
            listed = fault.name
        table = table_for(listed, tables)
        if table is None or retries[table] == table.max_attempts:
            raise fault
        wait = table.wait(retries[table])
        retries[table] += 1
        seconds = wait * host.random() if table.jitter == "full" else wait
        yield host.wait_until(host.now() + timedelta(seconds=seconds))

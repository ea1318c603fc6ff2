"""The interpreter on its host in memory, with scripted steps behind it and a ledger in a dictionary."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import on_azure
import pytest
import scripted
from outcome import AGAIN, Outcome, calls, reviewed, timeless

from core.job import Job
from core.memory import MemoryLedger, MemoryNotifier
from core.memory.host import MemoryHost
from core.workflow import activities
from core.workflow.activities import Activity, Answer, Payload
from core.workflow.calls import Fault
from core.workflow.granularity import FUSED, STEPWISE, all_steps, pipeline_in
from core.workflow.model import Workflow
from handlers.azure.events import job_from


class Memory:
    """The ports of all executions."""

    def __init__(self, tools: Callable[[object], Any] = lambda store: None) -> None:
        self.ledger = MemoryLedger()
        self.notifier = MemoryNotifier()
        found = activities.activities(
            all_steps(),
            claims=lambda: self.ledger,
            notifier=lambda: self.notifier,
            tools=lambda: tools(None),
            seconds=lambda: 0,
        )
        self.activities = {name: _surviving(each) for name, each in found.items()}

    def run(self, workflow: Workflow, job: Job, execution: str) -> dict[str, Any] | str:
        """Run the workflow on the job; return the final document without its moments, or the error."""
        arrives = partial(self.decide, job)
        host = MemoryHost(job.to_document(), self.activities, _lasts, execution, arrives)
        try:
            return timeless(host.run(workflow))
        except Fault as fault:
            return str(fault)

    def decide(self, job: Job, event: str) -> timedelta | None:
        """Let somebody decide as the job's script says; return when the event comes of it."""
        decided = scripted.decide(self.ledger, job.id, job.source.key)
        return timedelta(0) if decided else None


def run_all(
    folder: Path, memory: Memory, late: Mapping[str, Any] = scripted.LATE
) -> tuple[dict[str, Outcome], dict[str, Counter[str]]]:
    """Run every scenario and then the first once more; return the outcomes, and the calls by upload."""
    stepwise = pipeline_in(STEPWISE)
    hasty = replace(stepwise, name="hasty", timeout_seconds=scripted.HASTY_SECONDS)
    runs = [(each, stepwise) for each in scripted.SCENARIOS]
    runs += [(each, pipeline_in(FUSED)) for each in scripted.FUSED]
    runs += [(each, pipeline_in(STEPWISE, scripted.REVIEW_SECONDS)) for each in scripted.REVIEWED]
    runs += [(each, hasty) for each in late]
    ends, jobs = {}, {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(activities, "execute", scripted.execute)
        patch.setenv(scripted.CALLS, str(folder / "calls"))
        (folder / "calls").touch()
        for scenario, workflow in [*runs, (AGAIN, stepwise)]:
            upload = on_azure.upload(scripted.key(runs[0][0] if scenario == AGAIN else scenario))
            job = job_from(json.dumps(upload), "gallery")
            assert job is not None
            jobs[scenario] = job
            ends[scenario] = memory.run(workflow, job, execution=scenario)
    outcomes = {
        scenario: Outcome(ends[scenario], _row(memory, job), _sent(memory, job))
        for scenario, job in jobs.items()
    }
    return outcomes, calls(folder / "calls")


def _surviving(activity: Activity) -> Activity:
    """Return the activity with what ends a worker made what the host takes it for."""

    def run(payload: Payload) -> Answer:
        try:
            return activity(payload)
        except scripted.Hanging:
            return {}
        except scripted.Lost as error:
            raise RuntimeError(str(error)) from None

    return run


def _lasts(name: str, payload: Payload) -> timedelta | None:
    script = scripted.SCRIPTS.get(Path(payload["job"]["source"]["key"]).stem, {}).get(name, [])
    return None if script == [scripted.HANGS] else timedelta(milliseconds=5)


def _row(memory: Memory, job: Job) -> dict[str, Any]:
    """Return what there is of the job's row, as the clouds' rows name it."""
    row = memory.ledger.get(job.id)
    assert row is not None
    source = row.document["source"]
    return {
        "id": row.id,
        "state": row.state,
        "recipe": row.document["recipe"],
        "container": source["container"],
        "key": source["key"],
        "document": timeless(row.document),
        **({"decision": row.decision} if row.decision else {}),
    }


def _sent(memory: Memory, job: Job) -> list[tuple[str, dict[str, Any]]]:
    published = [(topic, reviewed(body)) for topic, body in memory.notifier.published]
    return [each for each in published if each[1]["id"] == job.id]

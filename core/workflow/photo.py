"""The one definition of the photo pipeline.

To add a step: write ``core/steps/<name>.py`` and put ``step("<name>"),`` where it belongs below.
"""

from __future__ import annotations

from core.errors import PhotoError, retryable_names, wire_names
from core.steps import access
from core.workflow.model import (
    Catch,
    Choice,
    Claim,
    Fail,
    FinalState,
    Notify,
    Parallel,
    Record,
    Retry,
    State,
    Step,
    Succeed,
    Task,
    Topic,
    Workflow,
)

RETRY = Retry(errors=retryable_names())
ANY_ERROR = Catch(errors=None, then="failed")
ON_ERROR = (Catch(errors=wire_names(PhotoError), then="rejected"), ANY_ERROR)


def step(name: str) -> Task:
    """Return the task that runs ``core/steps/<name>.py``."""
    reads, writes = access(name)
    return Task(name, Step(name, reads, writes), retry=RETRY, catch=ON_ERROR)


def branch(*names: str) -> tuple[Task, ...]:
    """Return steps for one arm of a :class:`Parallel`, whose own catch deals with their errors."""
    return tuple(Task(task.name, task.action, task.retry) for task in map(step, names))


def finish(state: FinalState, topic: Topic, last: State) -> tuple[State, ...]:
    """Return the ending that records ``state``, tells ``topic`` and stops at ``last``."""
    return (
        Task(f"record_{state}", Record(state, duplicate="duplicate"), retry=RETRY),
        Task(f"notify_{state}", Notify(topic), retry=RETRY),
        last,
    )


PIPELINE = Workflow(
    name="pipeline",
    states=(
        Task("claim", Claim(duplicate="duplicate"), retry=RETRY),
        step("validate"),
        Choice("valid", absent="error", otherwise="rejected"),
        Parallel("render", (branch("resize"), branch("apply_filters")), catch=ON_ERROR),
        step("optimize"),
        *finish("succeeded", "success", Succeed("succeeded")),
    ),
    endings={
        "rejected": finish("rejected", "error", Succeed("rejected")),
        "failed": finish("failed", "error", Fail("failed", "JobFailed", "The ledger has the reason.")),
        "duplicate": (Succeed("duplicate"),),
    },
    late="failed",
)

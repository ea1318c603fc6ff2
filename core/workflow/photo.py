"""The definition of the photo pipeline.

To add a step: write ``core/steps/<name>.py`` and put ``*step("<name>"),`` where it belongs below.
To give one other retries: ``*step("<name>", retry=(Retry(retryable_names(), max_attempts=5), *PLATFORM)),``
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, pairwise

from core.deployment.limits import SUFFIXES
from core.errors import PhotoError, SettingsError, retryable_names, wire_names
from core.steps import access, is_gate
from core.workflow.model import (
    Approval,
    Catch,
    Choice,
    Claim,
    Defer,
    Fail,
    FinalState,
    NameFilter,
    Notify,
    Parallel,
    Record,
    State,
    Step,
    Succeed,
    Task,
    Topic,
    Workflow,
)
from core.workflow.retries import THROTTLED, TRANSIENT, Retry

LOST = Retry((TRANSIENT,))
# A throttled job waits for its turn. The first waits are those that AWS advises: the Lambda developer guide,
# "Handle errors and retries". There are more retries than fit into GIVEN_UP, so that the time-out decides.
THROTTLING = Retry((THROTTLED,), max_attempts=1000, interval=2, backoff_rate=2, max_interval=120)
PLATFORM = (LOST, THROTTLING)
RETRY = (Retry(retryable_names()), *PLATFORM)
ANY_ERROR = Catch(errors=None, then="failed")
ON_ERROR = (Catch(errors=wire_names(PhotoError), then="rejected"), ANY_ERROR)
NOT_SENT = Catch(errors=None, then="unsent")


def step(name: str, retry: tuple[Retry, ...] = RETRY) -> tuple[Task | Choice, ...]:
    """Return the task that runs ``core/steps/<name>.py`` and, if it is a gate, the choice behind it."""
    reads, writes = access(name)
    task = Task(name, Step(name, reads, writes), retry, ON_ERROR)
    if not is_gate(name):
        return (task,)
    return task, Choice(f"{name}_passed", absent="error", otherwise="rejected")


def parallel(name: str, *branches: tuple[Task | Choice, ...]) -> Parallel:
    """Return branches that run in parallel, with the same catches as a step.

    Raises:
        SettingsError: A gate stands in a branch, where it could not keep the photo from the other branches.
    """
    tasks = [tuple(each for each in branch if isinstance(each, Task)) for branch in branches]
    for before, choice in pairwise(chain(*branches)):
        if isinstance(choice, Choice):
            raise SettingsError(
                f"The step {before.name!r} is a gate and stands in a branch of {name!r}, beside steps that "
                f"do not wait for it. Put it in front of {name!r}, or remove GATE from "
                f"core/steps/{before.name}.py: it can still reject a photo, as an error."
            )
    # A branch has no catches: its errors are those of the whole state.
    return Parallel(name, tuple(tuple(replace(task, catch=()) for task in each) for each in tasks), ON_ERROR)


def finish(state: FinalState, topic: Topic, *last: State) -> tuple[State, ...]:
    """Return the ending that records ``state``, notifies ``topic`` and stops at ``last``, if given.

    A notification that cannot be sent is left to the reconciler. There is no Succeed at the end: Step
    Functions bills a state that does nothing like any other.
    """
    return (
        Task(f"record_{state}", Record(state, duplicate="duplicate"), retry=RETRY),
        Task(f"notify_{state}", Notify(topic), retry=RETRY, catch=(NOT_SENT,)),
        *last,
    )


def approval(seconds: int) -> tuple[Approval, ...]:
    """Return the state that waits so long for a person's decision, or nothing for 0 seconds."""
    if not seconds:
        return ()
    return (Approval("approval", seconds, "refused", "expired", "duplicate", RETRY, (ANY_ERROR,)),)


def pipeline(review_seconds: int = 0) -> Workflow:
    """Return the pipeline; with ``review_seconds`` photos with flags wait so long for a person's decision.

    The two have different names, so that executions in progress when a deployment changes between them can
    continue.
    """
    return Workflow(
        name="pipeline_reviewed" if review_seconds else "pipeline",
        states=(
            NameFilter("photo_name", SUFFIXES, otherwise="ignored"),
            Task("claim", Claim(duplicate="duplicate"), retry=RETRY),
            *step("validate"),
            *approval(review_seconds),
            parallel("render", step("resize"), step("apply_filters")),
            *step("optimize"),
            *finish("succeeded", "success"),
        ),
        endings={
            "rejected": finish("rejected", "error"),
            "failed": finish("failed", "error", Fail("failed", "JobFailed", "The ledger has the reason.")),
            "unsent": (
                Task("defer_notification", Defer(duplicate="duplicate"), retry=RETRY),
                Fail("unsent", "NotificationFailed", "The job has ended; the reconciler notifies later."),
            ),
            "duplicate": (Succeed("duplicate"),),
            "ignored": (Succeed("ignored"),),
            **({end: finish(end, "error") for end in ("refused", "expired")} if review_seconds else {}),
        },
        late="failed",
    )


PIPELINE = pipeline()

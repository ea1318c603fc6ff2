"""The interpreter, driven without any SDK."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from core.job import Job
from core.workflow.model import (
    Catch,
    Choice,
    Claim,
    Fail,
    Notify,
    Parallel,
    Record,
    Retry,
    Step,
    Succeed,
    Task,
    Workflow,
)
from handlers.azure.orchestrator import Fault, orchestrate

RETRY = Retry(errors=("Busy",), first_seconds=3, more_tries=2, factor=1.5)
CATCH = (Catch(errors=("Bad",), then="rejected"), Catch(errors=None, then="failed"))
ENDINGS = {
    "rejected": (Task("record_rejected", Record("rejected", "duplicate"), RETRY), Succeed("rejected")),
    "failed": (
        Task("record_failed", Record("failed", "duplicate"), RETRY),
        Fail("failed", "JobFailed", "It is lost."),
    ),
    "duplicate": (Succeed("duplicate"),),
}
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(eq=False)
class Timer:
    """A durable timer."""

    fire_at: datetime
    cancelled: bool = False

    def cancel(self):
        self.cancelled = True


@dataclass
class Context:
    """A context whose tasks are done, one after the other, by :func:`run`.

    ``answers`` holds, by activity, the answers to give: a word is an error's name, an exception is raised
    as the SDK does for a lost worker, anything else changes the job.
    """

    job: Job
    answers: dict[str, list[Any]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    timers: list[datetime] = field(default_factory=list)
    instance_id: str = "instance"
    current_utc_datetime: datetime = BEGAN
    late: bool = False
    made: list[Timer] = field(default_factory=list)

    def get_input(self):
        return self.job.to_document()

    def new_uuid(self):
        return "uuid"

    def call_activity(self, name, input_):
        return ("activity", name, input_)

    def create_timer(self, fire_at):
        self.made.append(Timer(fire_at))
        return self.made[-1]

    def task_any(self, tasks):
        return list(tasks)

    def finish(self, task):
        """Return the task's result; for several tasks, the first, or the deadline once it is late."""
        if isinstance(task, list):
            return task[1] if self.late and task[1] is self.made[0] else task[0]
        if isinstance(task, Timer):
            self.timers.append(task.fire_at)
            self.current_utc_datetime = task.fire_at
            return None
        _, name, payload = task
        self.calls.append((name, payload))
        answer = (self.answers.get(name) or [{}]).pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, str):
            return {"error": {"name": answer, "message": f"{name} is {answer}."}}
        return {"ok": {**payload["job"], **answer}}


def run(workflow, context):
    generator = orchestrate(workflow, context)
    try:
        task = next(generator)
        while True:
            try:
                result = context.finish(task)
            except Exception as error:
                task = generator.throw(error)
            else:
                task = generator.send(result)
    except StopIteration as done:
        return Job.from_document(done.value)


def workflow(*states, **more):
    return Workflow("test", states, ENDINGS, **more)


def step(name, retry=RETRY, catch=CATCH):
    return Task(name, Step(name, frozenset(), frozenset()), retry, catch)


def names(context):
    return [name for name, _ in context.calls]


def test_states_run_in_turn_on_one_job(job):
    context = Context(job, {"validate": [{"recipe": "other"}]})
    states = (
        Task("claim", Claim("duplicate")),
        step("validate"),
        Task("tell", Notify("success")),
        Succeed("end"),
    )

    done = run(workflow(*states), context)

    assert names(context) == ["claim", "validate", "notify"]
    assert context.calls[2][1] == {"job": done.to_document(), "topic": "success", "attempt": 1}
    assert done.recipe == "other"


def test_a_workflow_may_end_without_saying_so(job):
    assert run(workflow(step("validate")), Context(job)).id == job.id


def test_the_execution_and_its_beginning_are_the_orchestration_s(job):
    done = run(workflow(Succeed("end")), Context(replace(job, execution="", accepted_at="")))

    assert done.execution == "instance/uuid"
    assert done.accepted_at == "2026-01-01T00:00:00.000Z"


def test_a_time_without_a_zone_is_utc(job):
    context = Context(job, current_utc_datetime=BEGAN.replace(tzinfo=None))

    assert run(workflow(Succeed("end")), context).accepted_at == "2026-01-01T00:00:00.000Z"


def test_a_duplicate_diverts(job):
    context = Context(job, {"claim": [{"state": "duplicate"}]})

    done = run(workflow(Task("claim", Claim("duplicate")), step("validate")), context)

    assert done.state == "duplicate"
    assert names(context) == ["claim"]


def test_a_record_that_is_refused_diverts(job):
    context = Context(job, {"record": [{"state": "duplicate"}]})
    states = (Task("end", Record("succeeded", "duplicate")), Task("tell", Notify("success")))

    done = run(workflow(*states), context)

    assert done.state == "duplicate"
    assert names(context) == ["record"]


def test_a_choice_goes_on_or_diverts(job):
    states = (step("validate"), Choice("valid", absent="error", otherwise="rejected"), step("resize"))
    good, bad = Context(job), Context(job, {"validate": [{"error": {"name": "Bad", "message": "No."}}]})

    run(workflow(*states), good)
    run(workflow(*states), bad)

    assert names(good) == ["validate", "resize"]
    assert names(bad) == ["validate", "record"]
    assert bad.calls[1][1]["state"] == "rejected"


@pytest.mark.parametrize(
    ("answers", "attempts", "waits"),
    [
        (["Busy"], [1, 2], [3]),
        (["Busy", "Busy"], [1, 2, 3], [3, 4.5]),
        ([RuntimeError("gone"), "Busy"], [1, 2, 3], [3, 4.5]),
    ],
    ids=["healed by the second try", "healed by the third", "a lost worker counts too"],
)
def test_a_fault_that_heals_is_tried_again(job, answers, attempts, waits):
    context = Context(job, {"resize": list(answers)})

    run(workflow(step("resize"), Succeed("end")), context)

    assert [payload["attempt"] for _, payload in context.calls] == attempts
    times = [BEGAN, *context.timers]
    assert [(b - a).total_seconds() for a, b in pairwise(times)] == waits


def test_spent_tries_end_in_the_catch(job):
    context = Context(job, {"resize": ["Busy", "Busy", "Busy"]})

    with pytest.raises(Fault, match="JobFailed: It is lost"):
        run(workflow(step("resize")), context)
    assert names(context) == ["resize", "resize", "resize", "record"]
    assert context.calls[3][1]["job"]["error"] == {"name": "Busy", "message": "resize is Busy."}


def test_a_lost_worker_that_stays_lost_is_named(job):
    context = Context(job, {"resize": [RuntimeError("gone")] * 3})

    with pytest.raises(Fault):
        run(workflow(step("resize")), context)
    assert context.calls[-1][1]["job"]["error"] == {
        "name": "WorkerLost",
        "message": "The worker of resize was lost: gone",
    }


def test_an_error_that_no_retry_helps_is_not_tried_again(job):
    context = Context(job, {"resize": ["Bad"]})

    done = run(workflow(step("resize")), context)

    assert names(context) == ["resize", "record"]
    assert done.error is not None
    assert done.error.name == "Bad"


def test_without_a_retry_even_a_lost_worker_is_not_tried_again(job):
    context = Context(job, {"resize": [RuntimeError("gone")]})

    with pytest.raises(Fault):
        run(workflow(step("resize", retry=None)), context)
    assert names(context) == ["resize", "record"]


def test_an_error_that_nothing_catches_fails_the_orchestration(job):
    context = Context(job, {"resize": ["Bad"]})

    with pytest.raises(Fault, match="Bad: resize is Bad") as raised:
        run(workflow(step("resize", catch=())), context)
    assert (raised.value.name, raised.value.message) == ("Bad", "resize is Bad.")


def test_branches_are_folded_into_one_job(job):
    photo = {"format": "JPEG", "width": 1, "height": 1, "frames": 1}
    rendition = {"name": "small", "key": "work/small", "width": 1, "height": 1}
    context = Context(job, {"a": [{"photo": photo}], "b": [{"renditions": [rendition]}]})
    both = Parallel("both", ((step("a", catch=()),), (step("b", catch=()), step("c", catch=()))), CATCH)

    done = run(workflow(both, Succeed("end")), context)

    assert names(context) == ["a", "b", "c"]
    assert done.photo is not None
    assert [each.name for each in done.renditions] == ["small"]


def test_an_error_in_a_branch_is_put_on_the_job_that_entered(job):
    context = Context(job, {"a": [{"recipe": "changed"}], "b": ["Bad"]})
    both = Parallel("both", ((step("a", catch=()),), (step("b", catch=()),)), CATCH)

    done = run(workflow(both), context)

    assert done.recipe == job.recipe
    assert done.error is not None
    assert done.error.message == "b is Bad."
    assert names(context) == ["a", "b", "record"]


def test_a_workflow_that_takes_too_long_goes_to_its_late_ending(job):
    context = Context(job, late=True)

    with pytest.raises(Fault, match="JobFailed: It is lost"):
        run(workflow(step("validate"), timeout_seconds=60, late="failed"), context)

    assert (context.made[0].fire_at - BEGAN).total_seconds() == 60
    assert names(context) == ["record"]
    assert context.calls[0][1]["job"]["error"] == {
        "name": "WorkflowTimedOut",
        "message": "The workflow took longer than 60 s.",
    }


def test_a_workflow_without_a_late_ending_fails(job):
    with pytest.raises(Fault, match="WorkflowTimedOut"):
        run(workflow(step("validate")), Context(job, late=True))


@pytest.mark.parametrize("answer", [{}, "Bad"], ids=["well", "badly"])
def test_the_deadline_is_cancelled_however_the_workflow_ends(job, answer):
    context = Context(job, {"validate": [answer]})
    with suppress(Fault):
        run(workflow(step("validate", catch=()), late="failed"), context)

    assert [timer.cancelled for timer in context.made] == [True]

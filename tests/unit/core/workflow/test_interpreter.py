"""The interpreter, on the host in memory."""

from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from core.job import Job, Review
from core.memory.host import BEGINNING, MemoryHost
from core.trace import stamp
from core.workflow.calls import Fault
from core.workflow.interpreter import DECIDED
from core.workflow.model import (
    Approval,
    Catch,
    Choice,
    Claim,
    Fail,
    NameFilter,
    Notify,
    Parallel,
    Record,
    Step,
    Succeed,
    Task,
    Workflow,
)
from core.workflow.photo import PIPELINE
from core.workflow.retries import THROTTLED, TRANSIENT, Retry

BUSY = Retry(("Busy",), interval=3, max_attempts=2, backoff_rate=1.5, jitter="none")
PLATFORM = Retry((TRANSIENT, THROTTLED), interval=5, max_attempts=1, jitter="none")
RETRY = (BUSY, PLATFORM)
CATCH = (Catch(errors=("Bad",), then="rejected"), Catch(errors=None, then="failed"))
ENDINGS = {
    "rejected": (Task("record_rejected", Record("rejected", "duplicate"), RETRY), Succeed("rejected")),
    "failed": (
        Task("record_failed", Record("failed", "duplicate"), RETRY),
        Fail("failed", "JobFailed", "It is lost."),
    ),
    "duplicate": (Succeed("duplicate"),),
    "refused": (Task("record_refused", Record("refused", "duplicate"), RETRY),),
    "expired": (Task("record_expired", Record("expired", "duplicate"), RETRY),),
}
APPROVAL = Approval("approval", 7200, "refused", "expired", "duplicate", RETRY, CATCH)
DEADLINE = BEGINNING + timedelta(seconds=7200)
ASKED = {"review": asdict(Review(stamp(BEGINNING), stamp(DEADLINE)))}
LOST = RuntimeError("gone")
HANGS = "hangs"


@dataclass
class Script:
    """Activities that answer as ``answers`` says.

    A word is an error's name, an exception is raised as for a lost worker, anything else changes the job.
    ``calls`` and ``times`` note what was called when.
    """

    job: Job
    answers: dict[str, list[Any]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    seed: int = 0
    events: dict[str, timedelta] = field(default_factory=dict)

    def __post_init__(self):
        self.host = MemoryHost(
            self.job.to_document(),
            self,
            self.lasts,
            execution="execution",
            arrives=self.events.get,
            seed=self.seed,
        )

    def __getitem__(self, name):
        return lambda payload: self.answer(name, payload)

    def lasts(self, name, payload):
        return None if self.answers.get(name) == [HANGS] else timedelta(0)

    def answer(self, name, payload):
        self.calls.append((name, payload))
        self.times.append((self.host.clock - BEGINNING).total_seconds())
        answer = (self.answers.get(name) or [{}]).pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, str):
            return {"error": {"name": answer, "message": f"{name} is {answer}."}}
        return {"ok": {**payload["job"], **answer}}

    @property
    def waits(self):
        return [later - earlier for earlier, later in pairwise(self.times)]


def run(workflow, script):
    return Job.from_document(script.host.run(workflow))


def workflow(*states, **more):
    return Workflow("test", states, ENDINGS, **more)


def step(name, retry=RETRY, catch=CATCH):
    return Task(name, Step(name, frozenset(), frozenset()), retry, catch)


def names(script):
    return [name for name, _ in script.calls]


def test_states_run_in_turn_on_one_job(job):
    script = Script(job, {"validate": [{"recipe": "other"}]})
    states = (
        Task("claim", Claim("duplicate")),
        step("validate"),
        Task("tell", Notify("success")),
        Succeed("end"),
    )

    done = run(workflow(*states), script)

    assert names(script) == ["claim", "validate", "notify"]
    assert script.calls[2][1] == {"job": done.to_document(), "topic": "success", "attempt": 1}
    assert done.recipe == "other"


def test_a_workflow_may_end_without_saying_so(job):
    assert run(workflow(step("validate")), Script(job)).id == job.id


def test_the_execution_and_its_beginning_are_the_host_s(job):
    done = run(workflow(Succeed("end")), Script(replace(job, execution="", accepted_at="")))

    assert done.execution == "execution"
    assert done.accepted_at == "2026-01-01T00:00:00.000Z"


def test_a_duplicate_diverts(job):
    script = Script(job, {"claim": [{"state": "duplicate"}]})

    done = run(workflow(Task("claim", Claim("duplicate")), step("validate")), script)

    assert done.state == "duplicate"
    assert names(script) == ["claim"]


def test_a_record_that_is_refused_diverts(job):
    script = Script(job, {"record": [{"state": "duplicate"}]})
    states = (Task("end", Record("succeeded", "duplicate")), Task("tell", Notify("success")))

    done = run(workflow(*states), script)

    assert done.state == "duplicate"
    assert names(script) == ["record"]


def test_a_notification_that_cannot_be_sent_is_left_to_the_reconciler(job):
    script = Script(job, {"record": [{"state": "succeeded"}], "notify": ["StoreUnavailable"] * 3})

    with pytest.raises(Fault, match="NotificationFailed"):
        run(PIPELINE, script)

    assert names(script)[-5:] == ["record", "notify", "notify", "notify", "defer"]
    assert script.calls[-1][1]["job"]["state"] == "succeeded"


def test_nothing_is_left_to_the_reconciler_if_the_job_is_redriven_meanwhile(job):
    script = Script(job, {"notify": ["StoreUnavailable"] * 3, "defer": [{"state": "duplicate"}]})

    assert run(PIPELINE, script).state == "duplicate"


def test_a_choice_goes_on_or_diverts(job):
    states = (step("validate"), Choice("valid", absent="error", otherwise="rejected"), step("resize"))
    good, bad = Script(job), Script(job, {"validate": [{"error": {"name": "Bad", "message": "No."}}]})

    run(workflow(*states), good)
    run(workflow(*states), bad)

    assert names(good) == ["validate", "resize"]
    assert names(bad) == ["validate", "record"]
    assert bad.calls[1][1]["state"] == "rejected"


@pytest.mark.parametrize(
    ("answers", "waits"),
    [
        (["Busy"], [3]),
        (["Busy", "Busy"], [3, 4.5]),
        ([LOST, "Busy"], [5, 3]),
        (["Busy", LOST, "Busy"], [3, 5, 4.5]),
    ],
    ids=["by the second try", "by the third", "a lost worker", "each table counts by itself"],
)
def test_a_fault_that_heals_is_tried_again(job, answers, waits):
    script = Script(job, {"resize": list(answers)})

    run(workflow(step("resize"), Succeed("end")), script)

    assert [payload["attempt"] for _, payload in script.calls] == [*range(1, len(answers) + 2)]
    assert script.waits == waits


def test_the_first_table_that_lists_an_error_decides(job):
    tables = (Retry(("Busy",), max_attempts=0), replace(BUSY, max_attempts=9))
    script = Script(job, {"resize": ["Busy"] * 3})

    with pytest.raises(Fault):
        run(workflow(step("resize", tables)), script)
    assert names(script) == ["resize", "record"]


def test_a_wait_is_never_longer_than_the_longest_interval(job):
    table = replace(BUSY, max_attempts=4, backoff_rate=2.0, max_interval=10)
    script = Script(job, {"resize": ["Busy"] * 4})

    run(workflow(step("resize", (table,))), script)

    assert script.waits == [3, 6, 10, 10]


def test_full_jitter_draws_each_wait_anew_and_the_same_from_the_same_seed(job):
    table = replace(BUSY, max_attempts=40, backoff_rate=1, jitter="full")

    def waits(seed):
        script = Script(job, {"resize": ["Busy"] * 40}, seed=seed)
        run(workflow(step("resize", (table,))), script)
        return script.waits

    assert waits(1) == waits(1) != waits(2)
    assert all(0 <= wait < 3 for wait in waits(1))
    assert min(waits(1)) < 0.75
    assert max(waits(1)) > 2.25


def test_spent_tries_end_in_the_catch(job):
    script = Script(job, {"resize": ["Busy", "Busy", "Busy"]})

    with pytest.raises(Fault, match="JobFailed: It is lost"):
        run(workflow(step("resize")), script)
    assert names(script) == ["resize", "resize", "resize", "record"]
    assert script.calls[3][1]["job"]["error"] == {"name": "Busy", "message": "resize is Busy."}


def test_a_lost_worker_that_stays_lost_is_named(job):
    script = Script(job, {"resize": [LOST] * 2})

    with pytest.raises(Fault):
        run(workflow(step("resize")), script)
    assert script.calls[-1][1]["job"]["error"] == {
        "name": "WorkerLost",
        "message": "The worker of resize was lost: gone",
    }


def test_an_error_that_no_retry_helps_is_not_tried_again(job):
    script = Script(job, {"resize": ["Bad"]})

    done = run(workflow(step("resize")), script)

    assert names(script) == ["resize", "record"]
    assert done.error is not None
    assert done.error.name == "Bad"


def test_without_a_retry_even_a_lost_worker_is_not_tried_again(job):
    script = Script(job, {"resize": [LOST]})

    with pytest.raises(Fault):
        run(workflow(step("resize", retry=())), script)
    assert names(script) == ["resize", "record"]


def test_an_error_that_nothing_catches_fails_the_orchestration(job):
    script = Script(job, {"resize": ["Bad"]})

    with pytest.raises(Fault, match="Bad: resize is Bad") as raised:
        run(workflow(step("resize", catch=())), script)
    assert (raised.value.name, raised.value.message) == ("Bad", "resize is Bad.")


def test_branches_are_folded_into_one_job(job):
    photo = {"format": "JPEG", "width": 1, "height": 1, "frames": 1}
    rendition = {"name": "small", "key": "work/small", "width": 1, "height": 1}
    script = Script(job, {"a": [{"photo": photo}], "b": [{"renditions": [rendition]}]})
    both = Parallel("both", ((step("a", catch=()),), (step("b", catch=()), step("c", catch=()))), CATCH)

    done = run(workflow(both, Succeed("end")), script)

    assert names(script) == ["a", "b", "c"]
    assert done.photo is not None
    assert [each.name for each in done.renditions] == ["small"]


def test_an_error_in_a_branch_is_put_on_the_job_that_entered(job):
    script = Script(job, {"a": [{"recipe": "changed"}], "b": ["Bad"]})
    both = Parallel("both", ((step("a", catch=()),), (step("b", catch=()),)), CATCH)

    done = run(workflow(both), script)

    assert done.recipe == job.recipe
    assert done.error is not None
    assert done.error.message == "b is Bad."
    assert names(script) == ["a", "b", "record"]


def test_a_branch_does_not_wait_for_the_other(job):
    script = Script(job, {"a": ["Busy"]})
    both = Parallel("both", ((step("a", catch=()),), (step("b", catch=()), step("c", catch=()))), CATCH)

    run(workflow(both), script)

    assert names(script) == ["a", "b", "c", "a"]


def test_a_workflow_that_takes_too_long_goes_to_its_late_ending(job):
    script = Script(job, {"validate": [HANGS]})

    with pytest.raises(Fault, match="JobFailed: It is lost"):
        run(workflow(step("validate"), timeout_seconds=60, late="failed"), script)

    assert script.times[-1] == 60
    assert names(script) == ["validate", "record"]
    assert script.calls[-1][1]["job"]["error"] == {
        "name": "WorkflowTimedOut",
        "message": "The workflow took longer than 60 s.",
    }


def test_a_job_that_has_ended_is_notified_of_however_late(job):
    script = Script(job, {"notify": ["Busy", "Busy"]})  # 3 s and 4.5 s
    states = (Task("end", Record("succeeded", "duplicate"), RETRY), Task("tell", Notify("success"), RETRY))

    run(workflow(*states, timeout_seconds=5, late="failed"), script)

    assert names(script) == ["record", "notify", "notify", "notify"]
    assert script.times[-1] == 7.5


def test_a_workflow_without_a_late_ending_fails(job):
    with pytest.raises(Fault, match="WorkflowTimedOut"):
        run(workflow(step("validate")), Script(job, {"validate": [HANGS]}))


@pytest.mark.parametrize("answer", [{}, "Bad"], ids=["well", "badly"])
def test_the_deadline_is_cancelled_however_the_workflow_ends(job, answer):
    script = Script(job, {"validate": [answer]})
    with suppress(Fault):
        run(workflow(step("validate", catch=()), late="failed"), script)

    assert [task.cancelled for task in script.host.tasks] == [True, False]


@pytest.mark.parametrize(
    ("key", "called"), [("in/a.JPG", ["validate"]), ("in/a.jpg", ["validate"]), ("in/a.txt", [])]
)
def test_a_name_is_taken_in_any_case(job, key, called):
    script = Script(replace(job, source=replace(job.source, key=key)))
    run(workflow(NameFilter("name", (".jpg",), "duplicate"), step("validate"), Succeed("end")), script)
    assert names(script) == called


def flagged(job):
    return replace(job, flags=("animated",))


def settled(decision):
    return {**ASKED, "review": {**ASKED["review"], "decision": decision, "ended_at": stamp(DEADLINE)}}


def test_a_job_without_flags_waits_for_nobody(job):
    script = Script(job)
    run(workflow(APPROVAL, step("a")), script)
    assert names(script) == ["a"]


@pytest.mark.parametrize(
    ("decision", "behind"), [("approved", "a"), ("refused", "refused"), ("expired", "expired")]
)
def test_what_the_ledger_has_decides_where_a_flagged_job_goes_on(job, decision, behind):
    answers = {"ask": [ASKED], "settle": [settled(decision)]}
    script = Script(flagged(job), answers, events={DECIDED: timedelta(seconds=10)})

    run(workflow(APPROVAL, step("a")), script)

    assert names(script)[:2] == ["ask", "settle"]
    assert (script.calls[0][1]["seconds"], script.waits[0]) == (7200, 10)
    [(name, payload)] = script.calls[2:]
    assert payload.get("state", name) == behind


def test_without_an_event_a_job_waits_until_its_deadline(job):
    script = Script(flagged(job), {"ask": [ASKED], "settle": [settled("expired")]})
    run(workflow(APPROVAL), script)
    assert script.waits[0] == 7200


def test_the_time_of_a_workflow_stands_still_while_it_waits_and_begins_anew(job):
    answers = {"ask": [ASKED], "settle": [settled("approved")], "a": [HANGS]}
    script = Script(flagged(job), answers, events={DECIDED: timedelta(seconds=5000)})

    with pytest.raises(Fault, match="JobFailed"):
        run(workflow(APPROVAL, step("a"), timeout_seconds=60, late="failed"), script)

    assert names(script) == ["ask", "settle", "a", "record"]
    assert script.times == [0, 5000, 5000, 5060]


def test_a_wait_is_no_time_of_the_workflow_where_the_clock_is_that_of_the_results(job):
    """A durable function on Lambda does not learn when an event came, only when the next call was done."""
    answers = {"ask": [ASKED], "settle": [settled("approved")]}
    script = Script(flagged(job), answers, events={DECIDED: timedelta(0)})
    script.host.lasts = lambda name, payload: timedelta(seconds=5000 if name == "settle" else 0)

    run(workflow(APPROVAL, step("a"), timeout_seconds=60), script)

    assert names(script) == ["ask", "settle", "a"]


def test_no_timer_is_left_of_a_wait(job):
    answers = {"ask": [ASKED], "settle": [settled("approved")]}
    script = Script(flagged(job), answers, events={DECIDED: timedelta(seconds=10)})

    run(workflow(APPROVAL), script)

    timers = [task for task in script.host.tasks if task.result is None and task.due > script.host.clock]
    assert [task.cancelled for task in timers] == [True] * 3


@pytest.mark.parametrize(
    ("answers", "end"),
    [
        ({"ask": [{"state": "duplicate"}]}, []),
        ({"ask": [ASKED], "settle": [{"state": "duplicate"}]}, ["settle"]),
        ({"ask": ["Bad"]}, ["record"]),
    ],
    ids=["asked by another", "settled by another", "not asked"],
)
def test_a_wait_that_cannot_be_diverts(job, answers, end):
    script = Script(flagged(job), answers)
    run(workflow(APPROVAL, step("a")), script)
    assert names(script) == ["ask", *end]

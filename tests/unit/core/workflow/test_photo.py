from itertools import pairwise

from core.deployment.limits import SUFFIXES
from core.errors import PhotoError, retryable_names, wire_names
from core.steps import access, is_gate
from core.workflow.model import Choice, Claim, NameFilter, Notify, Parallel, Record, Step, Succeed, Task
from core.workflow.photo import PIPELINE, PLATFORM, RETRY, step
from core.workflow.retries import THROTTLED, TRANSIENT, Retry


def test_names_are_unique() -> None:
    names = [state.name for state in PIPELINE.all_states()]
    assert len(names) == len(set(names))


def test_every_diversion_leads_to_an_ending() -> None:
    targets: set[str] = set()
    for state in PIPELINE.all_states():
        targets |= {catch.then for catch in getattr(state, "catch", ())}
        if isinstance(state, NameFilter | Choice):
            targets.add(state.otherwise)
        if isinstance(state, Task) and isinstance(state.action, Claim):
            targets.add(state.action.duplicate)
    assert targets == set(PIPELINE.endings)


def test_every_end_of_a_job_is_recorded_and_notified_once() -> None:
    for name, states in {"": PIPELINE.states, **PIPELINE.endings}.items():
        actions = [type(state.action) for state in states if isinstance(state, Task)]
        expected = 0 if name in ("duplicate", "ignored", "unsent") else 1
        assert (actions.count(Record), actions.count(Notify)) == (expected, expected)


def test_no_state_but_an_ending_without_tasks_is_a_success_of_its_own() -> None:
    """Step Functions bills a Succeed behind a task like any other state."""
    for states in (PIPELINE.states, *PIPELINE.endings.values()):
        assert not any(isinstance(state, Succeed) for state in states[1:])


def test_the_first_state_takes_photos_by_their_names() -> None:
    assert PIPELINE.states[0] == NameFilter("photo_name", SUFFIXES, otherwise="ignored")


def test_steps_carry_the_access_they_declare() -> None:
    assert all((each.reads, each.writes) == access(each.name) for each in PIPELINE.steps())


def test_steps_are_tried_again_on_errors_that_may_heal_and_on_faults_of_the_platform() -> None:
    ours, lost, throttling = RETRY
    assert ours.errors == retryable_names()
    assert lost.errors == (TRANSIENT,)
    assert throttling.errors == (THROTTLED,)
    for state in PIPELINE.all_states():
        if isinstance(state, Task):
            own, *platform = state.retry
            assert (own.errors, tuple(platform)) == (retryable_names(), PLATFORM)


def test_one_step_may_have_other_retries() -> None:
    patient = (Retry(retryable_names(), max_attempts=5), *PLATFORM)
    (task,) = step("optimize", retry=patient)
    assert task.retry == patient


def test_a_choice_stands_directly_behind_each_gate_and_nowhere_else() -> None:
    for before, state in pairwise(PIPELINE.states):
        gate = isinstance(before, Task) and isinstance(before.action, Step) and is_gate(before.name)
        assert isinstance(state, Choice) == gate
        if gate:
            assert state == Choice(f"{before.name}_passed", absent="error", otherwise="rejected")


def test_photo_errors_reject_and_all_others_fail() -> None:
    for state in PIPELINE.states:
        if isinstance(state, Parallel) or (isinstance(state, Task) and isinstance(state.action, Step)):
            rejected, failed = state.catch
            assert (rejected.errors, rejected.then) == (wire_names(PhotoError), "rejected")
            assert (failed.errors, failed.then) == (None, "failed")

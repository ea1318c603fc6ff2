from core.errors import PhotoError, retryable_names, wire_names
from core.steps import access
from core.workflow.model import Choice, Claim, Fail, Notify, Parallel, Record, Succeed, Task
from core.workflow.photo import PIPELINE


def test_names_are_unique() -> None:
    names = [state.name for state in PIPELINE.all_states()]
    assert len(names) == len(set(names))


def test_every_diversion_leads_to_an_ending() -> None:
    targets: set[str] = set()
    for state in PIPELINE.all_states():
        targets |= {catch.then for catch in getattr(state, "catch", ())}
        if isinstance(state, Choice):
            targets.add(state.otherwise)
        if isinstance(state, Task) and isinstance(state.action, Claim):
            targets.add(state.action.duplicate)
    assert targets == set(PIPELINE.endings)


def test_every_way_out_records_and_notifies_once_but_a_duplicate() -> None:
    for name, states in {"": PIPELINE.states, **PIPELINE.endings}.items():
        assert isinstance(states[-1], Succeed | Fail)
        actions = [type(state.action) for state in states if isinstance(state, Task)]
        expected = 0 if name == "duplicate" else 1
        assert (actions.count(Record), actions.count(Notify)) == (expected, expected)


def test_steps_carry_the_access_they_declare() -> None:
    steps = PIPELINE.steps()
    assert [step.name for step in steps] == ["validate", "resize", "apply_filters", "optimize"]
    assert all((step.reads, step.writes) == access(step.name) for step in steps)


def test_steps_are_tried_again_on_errors_that_may_heal_only() -> None:
    for state in PIPELINE.all_states():
        if isinstance(state, Task):
            assert state.retry is not None
            assert state.retry.errors == retryable_names()


def test_photo_errors_reject_and_all_others_fail() -> None:
    for state in PIPELINE.states:
        if isinstance(state, Parallel) or (
            isinstance(state, Task) and state.name in ("validate", "optimize")
        ):
            rejected, failed = state.catch
            assert (rejected.errors, rejected.then) == (wire_names(PhotoError), "rejected")
            assert (failed.errors, failed.then) == (None, "failed")

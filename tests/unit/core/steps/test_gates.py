"""How a step rejects a photo: a gate on the job, any other step by an error that diverts the workflow."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from core.errors import DamagedPhoto, PhotoError, StoreUnavailable, wire_names
from core.job import Job, Problem
from core.steps import Tools, execute, is_gate


class Nudity(PhotoError):
    """An error of a step's own file."""


def raising(error: Exception):
    def run(job: Job, tools: Tools) -> Job:
        raise error

    return run


def setting(name: str):
    return lambda job, tools: replace(job, error=Problem(name, "It shows a cat."))


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch):
    """Make a step of a function, which is a gate or none."""

    def make(run, **constants):
        module = SimpleNamespace(run=run, **constants)
        monkeypatch.setattr("core.steps.load", lambda name: module)

    return make


@pytest.mark.parametrize(
    ("run", "name"),
    [
        (raising(DamagedPhoto("It shows a cat.")), "DamagedPhoto"),
        (raising(Nudity("It shows a cat.")), "Nudity"),
        (setting("Unwanted"), "Unwanted"),
    ],
)
def test_a_gate_returns_the_job_with_its_error_and_its_trace(job: Job, tools: Tools, step, run, name) -> None:
    step(run, GATE=True)
    done = execute("moderate", job, tools, attempt=2)
    assert done.error == Problem(name, "It shows a cat.")
    assert [(each.step, each.attempt, each.rejected) for each in done.trace] == [("moderate", 2, True)]


@pytest.mark.parametrize("constants", [{}, {"GATE": False}])
@pytest.mark.parametrize(
    ("run", "kind"),
    [
        (raising(DamagedPhoto("It shows a cat.")), DamagedPhoto),
        (raising(Nudity("It shows a cat.")), PhotoError),
        (setting("DamagedPhoto"), DamagedPhoto),
        (setting("Unwanted"), PhotoError),
        (setting("StoreUnavailable"), PhotoError),
        (setting("Problem"), PhotoError),
        (setting("annotations"), PhotoError),
    ],
)
def test_any_other_step_rejects_by_an_error_that_the_workflow_knows(
    job: Job, tools: Tools, step, run, kind, constants
) -> None:
    step(run, **constants)
    with pytest.raises(PhotoError, match="It shows a cat") as rejection:
        execute("moderate", job, tools)
    assert type(rejection.value) is kind
    assert kind.__name__ in {*wire_names(DamagedPhoto), "PhotoError"}


@pytest.mark.parametrize("gate", [True, False])
def test_what_is_no_fault_of_the_photo_is_no_rejection(job: Job, tools: Tools, step, gate) -> None:
    step(raising(StoreUnavailable("Come back later.")), GATE=gate)
    with pytest.raises(StoreUnavailable):
        execute("moderate", job, tools)


def test_a_step_that_says_nothing_is_no_gate() -> None:
    assert [is_gate(name) for name in ("validate", "process", "resize", "apply_filters", "optimize")] == [
        True, True, False, False, False,
    ]  # fmt: skip

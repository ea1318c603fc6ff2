"""Definitions like the pipeline's, with further steps in them, whatever the pipeline itself holds."""

import pytest

from core.workflow.model import Choice, Claim, Step, Succeed, Task, Workflow
from core.workflow.photo import ON_ERROR, PIPELINE, finish, parallel, step


class Definition:
    """A definition with room for further states at each of its joints."""

    def __call__(self, *, first=(), checked=(), beside=(), behind=(), rendered=(), last=()):
        """Return the workflow.

        The states stand ``first`` of all, behind validation (``checked``), as a branch ``beside`` resize, in
        the branch of resize ``behind`` it, between rendering and optimize (``rendered``), and behind that.
        """
        return Workflow(
            name="test",
            states=(
                Task("claim", Claim(duplicate="duplicate")),
                *first,
                *step("validate"),
                *checked,
                parallel(
                    "render",
                    (*step("resize"), *behind),
                    step("apply_filters"),
                    *([tuple(beside)] if beside else []),
                ),
                *rendered,
                *step("optimize"),
                *last,
                *finish("succeeded", "success", Succeed("succeeded")),
            ),
            endings=PIPELINE.endings,
        )

    @staticmethod
    def extra(name, *, gate=False, reads=("input",), writes=()):
        """Return the states of a further step."""
        task = Task(name, Step(name, frozenset(reads), frozenset(writes)), catch=ON_ERROR)
        choice = Choice(f"{name}_passed", absent="error", otherwise="rejected")
        return (task, choice) if gate else (task,)


@pytest.fixture(scope="session")
def define():
    return Definition()

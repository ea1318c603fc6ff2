import pytest

from core.errors import SettingsError
from core.workflow.granularity import FUSED, STEPWISE, fused, pipeline_in
from core.workflow.model import Choice, Parallel, Step, Succeed, Task, Workflow
from core.workflow.photo import PIPELINE, step


def test_stepwise_is_the_definition_itself():
    assert pipeline_in(STEPWISE) is PIPELINE


def test_fused_has_one_step_and_the_same_way_around_it():
    workflow = pipeline_in(FUSED)
    assert [each.name for each in workflow.states] == [
        "claim", "process", "valid", "record_succeeded", "notify_succeeded", "succeeded",
    ]  # fmt: skip
    assert [each.name for each in workflow.steps()] == ["process"]
    assert workflow.endings == PIPELINE.endings
    assert workflow.timeout_seconds == PIPELINE.timeout_seconds
    assert workflow.name != PIPELINE.name


def test_a_step_that_the_fused_one_does_not_do_runs_by_itself():
    more = Task("more", Step("more", frozenset(), frozenset()))
    validate, resize = step("validate"), step("resize")
    valid = Choice("valid", absent="error", otherwise="no")
    both = Parallel("render", ((resize,), (more,)))
    end = Succeed("end")
    workflow = Workflow("w", (validate, valid, Parallel("only", ((resize,),)), both, more, end))
    assert fused(workflow).states == (
        step("process"), valid, Parallel("render", ((more,),)), more, end,
    )  # fmt: skip


def test_an_unknown_granularity_is_named():
    with pytest.raises(SettingsError, match="'coarse'; it must be one of stepwise, fused"):
        pipeline_in("coarse")

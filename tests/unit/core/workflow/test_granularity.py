import pytest

from core.errors import SettingsError
from core.workflow.granularity import FUSED, GRANULARITIES, STEPWISE, all_steps, fused, pipeline_in
from core.workflow.model import Choice, Parallel, Succeed, Workflow
from core.workflow.photo import PIPELINE, step

END = ("record_succeeded", "notify_succeeded", "succeeded")


def names(workflow):
    """Return the names of the states, of a Parallel those of its branches' tasks."""
    return tuple(
        tuple(tuple(task.name for task in branch) for branch in state.branches)
        if isinstance(state, Parallel)
        else state.name
        for state in workflow.states
    )


def test_stepwise_is_the_definition_itself():
    assert pipeline_in(STEPWISE) is PIPELINE


def test_the_pipeline_s_own_steps_are_all_the_fused_one_does():
    assert set(GRANULARITIES) == {STEPWISE, FUSED}
    assert {each.name for each in all_steps()} >= {step.name for step in PIPELINE.steps()} | {"process"}


def test_fused_has_one_step_and_the_same_way_around_it(define):
    workflow = define()
    one = fused(workflow)

    assert names(one) == ("claim", "process", "process_passed", *END)
    assert [each.name for each in one.steps()] == ["process"]
    assert one.endings == workflow.endings
    assert one.timeout_seconds == workflow.timeout_seconds
    assert one.name == "test_fused"


def test_a_workflow_without_photo_steps_stays_as_it_is():
    workflow = Workflow("other", (Succeed("end"),))
    assert fused(workflow).states == workflow.states


def test_a_step_behind_all_others_runs_behind_the_fused_one(define):
    assert names(fused(define(last=define.extra("count")))) == (
        "claim", "process", "process_passed", "count", *END,
    )  # fmt: skip


def test_a_step_in_front_of_validation_keeps_its_place(define):
    assert names(fused(define(first=define.extra("scan", gate=True)))) == (
        "claim", "scan", "scan_passed", "process", "process_passed", *END,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("gate", "added"), [(True, ("moderate", "moderate_passed")), (False, ("moderate",))], ids=["gate", "step"]
)
def test_a_step_behind_validation_keeps_validation_in_front_of_it(define, gate, added):
    assert names(fused(define(checked=define.extra("moderate", gate=gate)))) == (
        "claim", "validate", "validate_passed", *added, "process", "process_passed", *END,
    )  # fmt: skip


def test_a_step_beside_resize_runs_alone_in_its_branch(define):
    assert names(fused(define(beside=define.extra("faces")))) == (
        "claim", "validate", "validate_passed", (("faces",),), "process", "process_passed", *END,
    )  # fmt: skip


def test_a_step_may_stand_in_front_of_a_replaced_one_in_its_branch(define):
    assert names(fused(define(beside=(*define.extra("faces"), *step("resize"))))) == (
        "claim", "validate", "validate_passed", (("faces",),), "process", "process_passed", *END,
    )  # fmt: skip


def test_a_step_in_every_place_keeps_all_of_them(define):
    workflow = define(
        first=define.extra("a", gate=True),
        checked=define.extra("b", gate=True),
        beside=define.extra("c"),
        last=define.extra("d", gate=True),
    )
    assert names(fused(workflow)) == (
        "claim", "a", "a_passed", "validate", "validate_passed", "b", "b_passed", (("c",),),
        "process", "process_passed", "d", "d_passed", *END,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (
            "rendered",
            "The step 'mark' stands between 'render' and 'optimize', which are one function in the fused "
            "granularity. Put it in front of 'render' or behind 'optimize'.",
        ),
        (
            "behind",
            "The step 'mark' stands behind 'resize' in a branch of 'render', but 'resize' and 'optimize' "
            "are one function in the fused granularity. Put it first in a branch of its own, in front of "
            "'render' or behind 'optimize'.",
        ),
    ],
)
def test_a_step_that_would_see_photos_too_early_is_refused(define, place, message):
    with pytest.raises(SettingsError) as refused:
        fused(define(**{place: define.extra("mark")}))
    assert str(refused.value) == message


def test_a_choice_of_another_kind_is_refused_where_it_can_t_decide(define):
    with pytest.raises(SettingsError, match="'large' stands between 'render' and 'optimize'"):
        fused(define(rendered=(Choice("large", absent="photo", otherwise="rejected"),)))


@pytest.mark.parametrize("place", ["first", "checked", "beside", "last"])
@pytest.mark.parametrize("access", ["reads", "writes"])
def test_a_step_that_works_on_renditions_is_refused(define, place, access):
    with pytest.raises(SettingsError, match=r"'mark' uses pictures under work/.* core/steps/mark\.py"):
        fused(define(**{place: define.extra("mark", **{access: ("work",)})}))


def test_a_gate_in_a_branch_is_refused_when_the_definition_is_read(define):
    with pytest.raises(SettingsError, match=r"'moderate' is a gate and stands in a branch of 'render'.*GATE"):
        define(beside=define.extra("moderate", gate=True))


def test_an_unknown_granularity_is_named():
    with pytest.raises(SettingsError, match="'coarse'; it must be one of stepwise, fused"):
        pipeline_in("coarse")

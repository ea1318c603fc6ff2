import json

import pytest

from core.workflow.document import KINDS, from_document, to_document
from core.workflow.granularity import GRANULARITIES, pipeline_in
from core.workflow.model import (
    Catch,
    Choice,
    Claim,
    Fail,
    Notify,
    Parallel,
    Record,
    Step,
    Succeed,
    Task,
    Workflow,
)

WORKFLOW = Workflow(
    "small",
    (
        Task("claim", Claim("again")),
        Task("look", Step("look", frozenset({"input", "work"}), frozenset()), catch=(Catch(None, "bad"),)),
        Choice("good", absent="error", otherwise="bad"),
        Parallel("both", ((Task("one", Notify("success")),), ()), catch=(Catch(("NotAPhoto",), "bad"),)),
        Task("record", Record("succeeded", "again")),
        Succeed("done"),
    ),
    {"bad": (Fail("bad", "JobFailed", "It failed."),), "again": (Succeed("again"),)},
    timeout_seconds=60,
    late="bad",
)


def document(**changes):
    return json.loads(json.dumps(to_document(WORKFLOW))) | changes


@pytest.mark.parametrize("workflow", [WORKFLOW, *map(pipeline_in, GRANULARITIES)], ids=lambda each: each.name)
def test_a_workflow_is_read_as_it_was_written(workflow):
    assert from_document(json.loads(json.dumps(to_document(workflow)))) == workflow


def test_every_kind_of_state_and_action_has_a_name_of_its_own():
    assert len(set(KINDS.values())) == len(KINDS)
    assert {"task", "choice", "parallel", "succeed", "fail", "step", "claim", "record", "notify"} <= set(
        KINDS.values()
    )


def test_states_and_actions_name_their_kind_and_sets_are_in_order():
    assert document()["states"][1]["action"] == {
        "kind": "step",
        "name": "look",
        "reads": ["input", "work"],
        "writes": [],
    }
    assert document()["late"] == "bad"


def test_what_has_a_default_may_be_left_out():
    read = from_document({"name": "empty", "states": [{"kind": "succeed", "name": "done"}]})
    assert read == Workflow("empty", (Succeed("done"),))
    assert (read.timeout_seconds, read.late) == (900, None)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"states": [{"kind": "gate", "name": "x"}]},
            r"workflow\.states\[0\] is of the kind 'gate'; Twinlens knows task, namefilter, choice",
        ),
        ({"states": [{"name": "x"}]}, "is of the kind None"),
        (
            {"states": [{"kind": "task", "name": "x", "action": {"kind": "succeed", "name": "y"}}]},
            r"states\[0\]\.action is of the kind 'succeed'; Twinlens knows step",
        ),
        (
            {"states": [{"kind": "parallel", "name": "x", "branches": [[{"kind": "fail", "name": "y"}]]}]},
            r"branches\[0\]\[0\] is of the kind 'fail'; it must be task",
        ),
        ({"colour": "red"}, "workflow has the unknown key 'colour'"),
        ({"states": [{"kind": "succeed"}]}, r"states\[0\] lacks the key 'name'"),
        ({"name": 3}, "workflow.name is 3; it must be text"),
        ({"timeout_seconds": True}, "timeout_seconds is True; it must be a whole number"),
        ({"timeout_seconds": 1.5}, "timeout_seconds is 1.5; it must be a whole number"),
        ({"states": "none"}, "states is 'none'; it must be a list"),
        ({"endings": []}, r"endings is \[\]; it must be an object"),
        ({"endings": {"bad": ["x"]}}, r"endings\.bad\[0\] is 'x'; it must be an object"),
        (
            {
                "states": [
                    {
                        "kind": "task",
                        "name": "x",
                        "action": {"kind": "notify", "topic": "weather"},
                    }
                ]
            },
            "topic is 'weather'; it must be one of success, error",
        ),
    ],
)
def test_what_is_no_workflow_is_refused_by_name(changes, fault):
    with pytest.raises(ValueError, match=fault):
        from_document(document(**changes))


@pytest.mark.parametrize("value", [None, [], "pipeline", 3])
def test_another_thing_than_an_object_is_refused(value):
    with pytest.raises(ValueError, match="it must be an object"):
        from_document(value)

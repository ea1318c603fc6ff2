import pytest

from compare import format_1
from compare.metering.path import path, tasks, visited
from core.workflow.document import from_document

STEPWISE, FUSED = (from_document(format_1.workflow(each)) for each in ("stepwise", "fused"))
ALL = ("validate", "resize", "apply_filters", "optimize")
ENDING = ["record_{}", "notify_{}", "{}"]


def ending(state: str) -> list[str]:
    return [name.format(state) for name in ENDING]


@pytest.mark.parametrize(
    ("outcome", "ran", "names"),
    [
        (
            "succeeded",
            ALL,
            [
                "claim",
                "validate",
                "valid",
                "render",
                "resize",
                "apply_filters",
                "optimize",
                *ending("succeeded"),
            ],
        ),
        (
            "rejected",
            ["validate"],
            ["claim", "validate", "valid", "render", "resize", "apply_filters", *ending("rejected")],
        ),
        (
            "rejected",
            ["validate", "resize"],
            ["claim", "validate", "valid", "render", "resize", "apply_filters", *ending("rejected")],
        ),
        ("failed", [], ["claim", "validate", *ending("failed")]),
        (
            "failed",
            ["validate", "resize", "apply_filters"],
            [
                "claim",
                "validate",
                "valid",
                "render",
                "resize",
                "apply_filters",
                "optimize",
                *ending("failed"),
            ],
        ),
        ("duplicate", [], ["claim", "duplicate"]),
    ],
)
def test_states_a_job_went_through(outcome: str, ran: list[str], names: list[str]):
    assert [state.name for state in visited(STEPWISE, outcome, ran)] == names


def test_a_rejection_by_a_gate_is_not_one_by_the_step_behind_it():
    assert [state.name for state in visited(STEPWISE, "rejected", ["validate"], "validate")] == [
        "claim",
        "validate",
        "valid",
        *ending("rejected"),
    ]


def test_tasks_are_the_states_that_do_something():
    assert [task.name for task in tasks(visited(STEPWISE, "rejected", ["validate"], "validate"))] == [
        "claim",
        "validate",
        "record_rejected",
        "notify_rejected",
    ]


def test_a_fused_job_calls_one_function():
    way = path(FUSED, "succeeded", frozenset({"process"}))
    assert [step.name for step in way.steps] == ["process"]
    assert way.input_reads == 1
    assert len(way.states) == 6

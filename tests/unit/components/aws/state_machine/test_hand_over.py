from types import SimpleNamespace

from components.aws.state_machine.expressions import EVENT, INPUT, MERGED, embed, with_error
from components.aws.state_machine.hand_over import BUSY, MAX_ATTEMPTS, hand_over_when_busy
from components.aws.state_machine.references import STANDARD_MACHINE, permissions
from components.aws.workflow import EXPRESS, EXPRESS_SECONDS, STANDARD, definition
from core.workflow.granularity import STEPWISE
from core.workflow.model import Parallel, Step, Task
from core.workflow.photo import PIPELINE

SETTINGS = SimpleNamespace(timeout_seconds=30, steps={}, review_seconds=0)
STATES = definition(EXPRESS, STEPWISE, SETTINGS)["States"]
# The states that call a function.
CALLING = [
    each.name
    for each in PIPELINE.states
    if isinstance(each, Parallel) or (isinstance(each, Task) and isinstance(each.action, Step))
]


def test_a_throttled_call_of_a_function_leads_to_the_release_with_the_job_as_it_was():
    for name in CALLING:
        first, *others = STATES[name]["Catch"]
        assert (first["ErrorEquals"], first["Next"]) == (list(BUSY), "release")
        assert first["Output"] == embed(with_error(MERGED if name == "optimize" else INPUT))
        assert others == definition(STANDARD, STEPWISE, SETTINGS)["States"][name]["Catch"]


def test_other_tasks_wait_as_on_the_standard_machine():
    standard = definition(STANDARD, STEPWISE, SETTINGS)["States"]
    assert {name for name in standard if standard[name] != STATES[name]} == set(CALLING)


def test_the_retries_of_all_tasks_in_a_row_fit_into_the_time():
    (table,) = (each for each in STATES["validate"]["Retry"] if each["ErrorEquals"] == list(BUSY))
    assert table["MaxAttempts"] == MAX_ATTEMPTS
    longest = sum(table["IntervalSeconds"] * table["BackoffRate"] ** each for each in range(MAX_ATTEMPTS))
    assert len(CALLING) * longest < 0.9 * EXPRESS_SECONDS, "another task with a function needs shorter waits"


def test_the_row_is_released_before_the_other_machine_starts_on_the_same_event():
    release, hand_over = STATES["release"], STATES["hand_over"]
    assert release["Next"] == "hand_over"
    assert "#execution = :execution" in release["Arguments"]["ConditionExpression"]
    assert hand_over["Arguments"] == {"StateMachineArn": STANDARD_MACHINE, "Input": embed(EVENT)}
    (refused,) = release["Catch"]
    assert refused["Next"] == "duplicate"


def test_only_the_express_machine_may_start_the_other():
    starts = "states:StartExecution"
    assert permissions(definition(EXPRESS, STEPWISE, SETTINGS))[starts] == {STANDARD_MACHINE}
    assert starts not in permissions(definition(STANDARD, STEPWISE, SETTINGS))


def test_the_standard_definition_is_left_as_it_is():
    standard = definition(STANDARD, STEPWISE, SETTINGS)
    before = str(standard)
    hand_over_when_busy(standard, "duplicate")
    assert str(standard) == before

"""One definition: the same faults lead to the same end, ledger row, notifications and calls everywhere."""

import pytest
import scripted
import simulated
from outcome import AGAIN

from core.workflow.granularity import FUSED, STEPWISE, pipeline_in


def once(granularity, until=None):
    """Return one call of each step, in order, up to the state in which ``until`` stands."""
    workflow, called = pipeline_in(granularity), {}
    for number in range(len(workflow.states)):
        steps = type(workflow)("", workflow.states[: number + 1]).steps()
        called = dict.fromkeys((step.name for step in steps), 1)
        if until in called:
            break
    return called


ALL_ONCE = once(STEPWISE)
VALIDATED = once(STEPWISE, until="validate")
BRANCHES = once(STEPWISE, until="resize")
FUSED_ONCE = once(FUSED)
PROCESSED = once(FUSED, until="process")

# By scenario: the job's last state, its error, and how often each step is called.
EXPECTED = {
    "success": ("succeeded", None, ALL_ONCE),
    "rejected by validate": ("rejected", "NotAPhoto", VALIDATED),
    "rejected by a later step": ("rejected", "DamagedPhoto", ALL_ONCE),
    "healed by the second try": ("succeeded", None, {**ALL_ONCE, "validate": 2}),
    "healed by the third try": ("succeeded", None, {**ALL_ONCE, "optimize": 3}),
    "healed in one branch": ("succeeded", None, {**ALL_ONCE, "apply_filters": 3}),
    "tries spent": ("failed", "StoreUnavailable", {**VALIDATED, "validate": 3}),
    "tries spent in one branch": ("failed", "StoreUnavailable", {**BRANCHES, "resize": 3}),
    "rejected in one branch": ("rejected", "TooManyPixels", BRANCHES),
    "an error that no retry helps": ("failed", "RecipeError", ALL_ONCE),
    "gone before it was read": ("failed", "ObjectMissing", VALIDATED),
    "a defect of ours": ("failed", "ZeroDivisionError", BRANCHES),
    "a different error on the second try": ("rejected", "DamagedPhoto", {**ALL_ONCE, "optimize": 2}),
    "healed of a lost worker": ("succeeded", None, {**ALL_ONCE, "resize": 2}),
    "busy and lost in turn": ("succeeded", None, {**ALL_ONCE, "optimize": 5}),
    "an error of many words": ("failed", "RecipeError", BRANCHES),
    "nothing to review": ("succeeded", None, ALL_ONCE),
    "approved": ("succeeded", None, ALL_ONCE),
    "approved before it waits": ("succeeded", None, ALL_ONCE),
    "refused": ("refused", None, VALIDATED),
    "expired": ("expired", None, VALIDATED),
    "fused success": ("succeeded", None, FUSED_ONCE),
    "fused rejected": ("rejected", "NotAPhoto", PROCESSED),
    "fused rejected by an error": ("rejected", "DamagedPhoto", PROCESSED),
    "fused healed by the third try": ("succeeded", None, {**FUSED_ONCE, "process": 3}),
    "fused tries spent": ("failed", "StoreUnavailable", {**PROCESSED, "process": 3}),
}
WAITING = {each: script for each, script in scripted.REVIEWED.items() if script}
PLATFORMS = ["aws_run", "lambda_run", "stable_run", "next_run", "memory_run"]


@pytest.fixture(params=PLATFORMS)
def platform(request):
    return request.getfixturevalue(request.param)


def test_every_scenario_is_expected_to_end_somehow():
    assert set(EXPECTED) | set(scripted.LATE) | set(scripted.ITEMS) == set(scripted.SCRIPTS)


@pytest.mark.parametrize("scenario", EXPECTED)
def test_the_ledger_has_the_last_state_and_why(platform, scenario):
    state, error, _ = EXPECTED[scenario]
    row = platform[0][scenario].row

    assert (row["state"], row["document"]["state"]) == (state, state)
    assert (row["document"]["error"] or {}).get("name") == error
    assert (row["container"], row["key"], row["recipe"]) == ("uploads", scripted.key(scenario), "gallery")


@pytest.mark.parametrize("scenario", EXPECTED)
def test_steps_are_called_as_often_as_they_must_be(platform, scenario):
    assert platform[1][scripted.key(scenario)] == EXPECTED[scenario][2]


@pytest.mark.parametrize("scenario", EXPECTED)
def test_there_is_one_notification_of_the_end(platform, scenario):
    state, error, _ = EXPECTED[scenario]

    *asked, (topic, message) = platform[0][scenario].notifications
    assert [topic for topic, _ in asked] == ["review"] * (scenario in WAITING)

    assert topic == ("success" if state == "succeeded" else "error")
    assert message["state"] == state
    assert (message["error"] or {}).get("name") == error


@pytest.mark.parametrize("scenario", EXPECTED)
def test_only_failed_jobs_count_as_failed_executions(platform, scenario):
    outcome = platform[0][scenario]

    if EXPECTED[scenario][0] == "failed":
        assert outcome.end == "JobFailed: The ledger has the reason."
    else:
        assert outcome.end == outcome.row["document"]


@pytest.mark.parametrize("scenario", [*EXPECTED, AGAIN])
@pytest.mark.parametrize("azure", ["stable_run", "next_run"])
def test_both_clouds_agree_to_the_letter(request, aws_run, azure, scenario):
    assert request.getfixturevalue(azure)[0][scenario] == aws_run[0][scenario]


@pytest.mark.parametrize("scenario", [*EXPECTED, *scripted.LATE, AGAIN])
def test_the_host_in_memory_agrees_with_durable(memory_run, stable_run, scenario):
    memory, durable = memory_run[0][scenario], stable_run[0][scenario]

    assert (memory.end, memory.notifications) == (durable.end, durable.notifications)
    assert memory.row == {name: durable.row[name] for name in memory.row}


@pytest.mark.parametrize("scenario", [*EXPECTED, AGAIN])
def test_a_lambda_durable_function_agrees_with_the_host_in_memory(lambda_run, memory_run, scenario):
    assert lambda_run[0][scenario] == memory_run[0][scenario]


def test_the_same_upload_again_is_a_duplicate_and_nobody_hears_of_it(platform):
    outcomes, calls, *_ = platform
    again, first = outcomes[AGAIN], outcomes["success"]

    assert again.end["state"] == "duplicate"
    assert again.row == first.row
    assert again.row["state"] == "succeeded"
    assert len(again.notifications) == 1
    assert calls[scripted.key("success")] == ALL_ONCE


@pytest.mark.parametrize("scenario", WAITING)
def test_a_flagged_photo_waits_and_tells_what_was_decided(platform, scenario):
    outcome, decision = platform[0][scenario], scripted.DECISIONS.get(scenario, "expired")
    (topic, question), (_, answer) = outcome.notifications

    assert (topic, question["state"], question["flags"]) == (
        "review",
        "awaiting_approval",
        ["animated", "location"],
    )
    assert (question["review"]["decision"], question["review"]["deadline"]) == ("", True)
    assert answer["review"]["decision"] == outcome.row["decision"] == decision
    assert answer["review"]["reason"] == (scripted.REASON if scenario in scripted.DECISIONS else "")
    assert outcome.row["document"]["review"] == answer["review"]
    assert "token" not in outcome.row


def test_one_function_makes_the_same_job_as_one_a_step(platform):
    outcomes = platform[0]
    stepwise, fused = (outcomes[each].row["document"] for each in ("success", "fused success"))

    assert {each["name"] for each in fused["artifacts"]} == {each["name"] for each in stepwise["artifacts"]}
    assert fused["photo"] == stepwise["photo"]
    assert fused["trace"] == list(FUSED_ONCE.items())


def test_the_trace_tells_each_step_with_the_try_that_did_it(platform):
    trace = platform[0]["healed in one branch"].row["document"]["trace"]

    assert trace == list({**ALL_ONCE, "apply_filters": 3}.items())


@pytest.mark.parametrize("scenario", EXPECTED)
@pytest.mark.parametrize("cloud", simulated.PROGRAMS)
def test_simulated_time_takes_the_same_turns(cloud, scenario):
    state, _, calls = EXPECTED[scenario]
    topic = "success" if state == "succeeded" else "error"

    assert simulated.run(cloud, scenario) == (state, state == "failed", calls, [topic])

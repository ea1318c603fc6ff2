import pytest

from components.aws.state_machine import expressions
from components.aws.state_machine.compiler import compile_workflow
from components.aws.state_machine.references import fill, function, permissions, topic
from core.workflow.model import (
    Approval,
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
from core.workflow.photo import PIPELINE
from core.workflow.retries import THROTTLED, TRANSIENT, Retry


def step(name, **more):
    return Task(name, Step(name, frozenset(), frozenset()), **more)


def compiled(*states, **endings):
    return compile_workflow(Workflow("test", states, endings), timeout_seconds=30)["States"]


def test_states_follow_each_other_and_the_last_ends():
    states = compiled(step("one"), step("two"))
    assert states["one"]["Next"] == "two"
    assert states["two"]["End"] is True
    assert "Next" not in states["two"]


def test_a_step_calls_its_function_with_job_and_attempt():
    state = compiled(step("resize"))["resize"]
    assert state["Arguments"] == {
        "FunctionName": "${function.resize}",
        "Payload": {"job": "{% $states.input %}", "attempt": "{% $states.context.State.RetryCount + 1 %}"},
    }
    assert state["TimeoutSeconds"] == 60


def test_the_function_that_asks_is_told_how_long_and_the_attempt():
    waiting = Approval("approval", 60, "refused", "expired", "duplicate")
    ends = {each: (Succeed(each),) for each in ("refused", "expired", "duplicate")}
    assert compiled(waiting, **ends)["approval_ask"]["Arguments"] == {
        "FunctionName": "${function.ask}",
        "Payload": {
            "job": "{% $states.input %}",
            "seconds": 60,
            "attempt": "{% $states.context.State.RetryCount + 1 %}",
        },
    }


def test_each_table_of_retries_becomes_one_with_its_numbers():
    tables = (
        Retry(("StoreUnavailable",), max_attempts=4, interval=2, backoff_rate=1.25, max_interval=20),
        Retry((TRANSIENT,), jitter="none"),
        Retry((THROTTLED,), max_attempts=9),
    )
    ours, transient, throttled = compiled(step("resize", retry=tables))["resize"]["Retry"]
    assert ours == {
        "ErrorEquals": ["StoreUnavailable"],
        "IntervalSeconds": 2,
        "MaxAttempts": 4,
        "BackoffRate": 1.25,
        "MaxDelaySeconds": 20,
        "JitterStrategy": "FULL",
    }
    assert transient["JitterStrategy"] == "NONE"
    assert "MaxDelaySeconds" not in transient
    assert {"Lambda.ServiceException", "Sandbox.Timedout", "States.Timeout"} < set(transient["ErrorEquals"])
    assert throttled["ErrorEquals"] == ["Lambda.TooManyRequestsException"]
    assert throttled["MaxAttempts"] == 9


@pytest.mark.parametrize(
    ("action", "service"),
    [(Claim("over"), "DynamoDB"), (Notify("error"), "SNS"), (Record("failed", "over"), "DynamoDB")],
)
def test_a_platform_s_faults_have_the_names_of_the_service_that_is_called(action, service):
    task = Task("call", action, retry=(Retry((TRANSIENT, THROTTLED)),))
    (table,) = compiled(task, over=(Succeed("over"),))["call"]["Retry"]
    assert {name.partition(".")[0] for name in table["ErrorEquals"]} == {service, "States"}
    assert any("Thrott" in name for name in table["ErrorEquals"])


def test_no_retry_means_none():
    assert "Retry" not in compiled(step("resize"))["resize"]


def test_catches_divert_to_the_first_state_of_an_ending():
    caught = (Catch(("NotAPhoto",), "rejected"), Catch(None, "failed"))
    states = compiled(
        step("resize", catch=caught), rejected=(Task("note", Notify("error")),), failed=(Succeed("over"),)
    )
    first, second = states["resize"]["Catch"]
    assert (first["ErrorEquals"], first["Next"]) == (["NotAPhoto"], "note")
    assert (second["ErrorEquals"], second["Next"]) == (["States.ALL"], "over")
    assert first["Output"] == expressions.embed(expressions.with_error(expressions.INPUT))


def test_a_step_after_a_parallel_takes_the_list_and_merges_it_only_to_explain_an_error():
    states = compiled(
        Parallel("render", ((step("a"),), (step("b"),))),
        step("optimize", catch=(Catch(None, "failed"),)),
        failed=(Fail("failed", "JobFailed", "why"),),
    )
    assert states["render"]["Next"] == "optimize"
    assert states["optimize"]["Arguments"]["Payload"]["job"] == "{% $states.input %}"
    (caught,) = states["optimize"]["Catch"]
    assert caught["Output"] == expressions.embed(expressions.with_error(expressions.MERGED))


@pytest.mark.parametrize("following", [Task("note", Record("succeeded", "duplicate")), Succeed("done"), None])
def test_anything_else_after_a_parallel_gets_the_merged_job(following):
    last = (following,) if following else ()
    states = compiled(
        Parallel("render", ((step("a"),), (step("b"),))), *last, duplicate=(Succeed("duplicate"),)
    )
    assert states["render"]["Next"] == "merge_render"
    assert states["merge_render"]["Output"] == expressions.embed(expressions.MERGED)
    assert states["merge_render"].get("Next") == (following.name if following else None)


def test_a_choice_diverts_where_something_is_present():
    states = compiled(
        Choice("valid", absent="error", otherwise="rejected"), step("next"), rejected=(Succeed("over"),)
    )
    (diversion,) = states["valid"]["Choices"]
    assert diversion == {"Condition": expressions.embed(expressions.present("error")), "Next": "over"}
    assert states["valid"]["Default"] == "next"


def test_a_claim_diverts_what_is_claimed_already_and_keeps_its_other_catches():
    claim = Task("claim", Claim("duplicate"), catch=(Catch(None, "duplicate"),))
    states = compiled(claim, duplicate=(Succeed("duplicate"),))
    taken, other = states["claim"]["Catch"]
    assert taken["ErrorEquals"] == ["DynamoDB.ConditionalCheckFailedException"]
    assert '"state": "duplicate"' in taken["Output"]
    assert other["ErrorEquals"] == ["States.ALL"]


def test_a_record_that_is_refused_diverts_like_a_claim():
    states = compiled(Task("end", Record("succeeded", "duplicate")), duplicate=(Succeed("duplicate"),))
    (refused,) = states["end"]["Catch"]
    assert refused["ErrorEquals"] == ["DynamoDB.ConditionalCheckFailedException"]
    assert refused["Next"] == "duplicate"


def test_a_failure_tells_error_and_cause():
    assert compiled(Fail("failed", "JobFailed", "why"))["failed"] == {
        "Type": "Fail",
        "Error": "JobFailed",
        "Cause": "why",
    }


def test_the_permissions_are_what_is_called():
    definition = compile_workflow(PIPELINE, 60)
    assert permissions(definition) == {
        "dynamodb:PutItem": {"${ledger}"},
        "dynamodb:UpdateItem": {"${ledger}"},
        "lambda:InvokeFunction": {function(step.name) for step in PIPELINE.steps()},
        "sns:Publish": {topic("success"), topic("error")},
    }


def test_filling_replaces_every_reference_and_refuses_to_leave_one():
    assert fill({"a": ["${x}", "{% '${x}' & ${y} %}", 3]}, {"${x}": "1", "${y}": "2"}) == {
        "a": ["1", "{% '1' & 2 %}", 3]
    }
    with pytest.raises(KeyError, match="y"):
        fill({"a": "${y}"}, {"${x}": "1"})


def test_every_task_and_the_machine_end_in_time():
    definition = compile_workflow(PIPELINE, 60)
    assert definition["TimeoutSeconds"] == PIPELINE.timeout_seconds

    def tasks(states):
        for state in states.values():
            for branch in state.get("Branches", ()):
                yield from tasks(branch["States"])
            if state["Type"] == "Task":
                yield state

    assert all(task["TimeoutSeconds"] and task["Retry"] for task in tasks(definition["States"]))

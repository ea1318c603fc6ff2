"""A job that finds no free function on an express machine is done by the standard machine."""

import time
from types import SimpleNamespace

import on_aws

from components.aws.workflow import EXPRESS, STANDARD, definition
from core.workflow.granularity import STEPWISE

SETTINGS = SimpleNamespace(timeout_seconds=30, steps={}, review_seconds=0)
KEY = "incoming/busy/success.jpg"  # by the scenario "success"


def test_a_throttled_express_job_is_released_and_done_by_the_standard_machine(aws_deployment):
    standard = aws_deployment.machine_of("standard", definition(STANDARD, STEPWISE, SETTINGS))
    # In one of two parallel branches, where the error is that of the whole state.
    busy = {"machine.standard": standard, "function.resize": aws_deployment.busy_function()}
    express = aws_deployment.machine_of("express", definition(EXPRESS, STEPWISE, SETTINGS), **busy)

    [end] = aws_deployment.run(express, [on_aws.upload(KEY)])

    assert (end["status"], on_aws.end_of(end)["state"]) == ("SUCCEEDED", "released")
    deadline = time.monotonic() + on_aws.PATIENCE_SECONDS
    while (row := aws_deployment.rows()[KEY])["state"] != "succeeded":
        assert time.monotonic() < deadline, row
        time.sleep(0.05)
    assert row["document"]["error"] is None
    assert [step for step, _ in row["document"]["trace"]].count("validate") == 1
    [(topic, _)] = aws_deployment.notifications()[KEY]
    assert topic == "success"

"""A notification that no topic takes is left in the ledger, where the reconciler finds it."""

import on_aws

from components.aws.state_machine.compiler import compile_workflow
from core.workflow.granularity import STEPWISE, pipeline_in

KEY = "incoming/unsent/success.jpg"  # by the scenario "success"
NOBODY = "arn:aws:sns:us-east-1:000000000000:nobody"


def test_a_job_whose_notification_fails_on_aws_is_marked_and_fails_its_execution(aws_deployment):
    definition = compile_workflow(pipeline_in(STEPWISE), timeout_seconds=30)
    machine = aws_deployment.machine_of("unsent", definition, **{"topic.success": NOBODY})

    [end] = aws_deployment.run(machine, [on_aws.upload(KEY)])

    assert on_aws.end_of(end).startswith("NotificationFailed: ")
    row = aws_deployment.rows()[KEY]
    assert (row["state"], row["unsent"], row["open"]) == ("succeeded", True, row["id"][0])
    assert row["document"]["error"] is None
    assert KEY not in aws_deployment.notifications()

"""Expressions of a state machine on a busy machine."""

import json
import time

import boto3

ROLE = "arn:aws:iam::000000000000:role/any"
LONG = "{% $sum($map([1..40000], function($each) { $each % 7 })) %}"  # two seconds of a processor


def test_an_expression_that_waits_for_the_processor_is_not_an_error(aws):
    states = boto3.Session().client("stepfunctions")
    definition = {"QueryLanguage": "JSONata", "StartAt": "Sum"}
    definition["States"] = {"Sum": {"Type": "Pass", "Output": LONG, "End": True}}
    made = states.create_state_machine(name="long", definition=json.dumps(definition), roleArn=ROLE)
    run = states.start_execution(stateMachineArn=made["stateMachineArn"])["executionArn"]
    try:
        while (found := states.describe_execution(executionArn=run))["status"] == "RUNNING":
            time.sleep(0.2)
    finally:
        states.delete_state_machine(stateMachineArn=made["stateMachineArn"])

    assert (found["status"], found["output"]) == ("SUCCEEDED", str(sum(each % 7 for each in range(1, 40001))))

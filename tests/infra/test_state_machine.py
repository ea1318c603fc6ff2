"""The compiled definitions: beside their committed snapshots, and as AWS would take them."""

import json
import runpy
from pathlib import Path

import pytest

from components.aws.state_machine.compiler import compile_workflow
from core.workflow.granularity import GRANULARITIES, STEPWISE, pipeline_in
from local.providers.aws.stepfunctions import StateMachine

SNAPSHOT = Path(__file__).parent / "snapshots" / "pipeline.asl.json"


def test_the_compiled_definitions_are_the_committed_ones(capsys):
    runpy.run_module("components.aws.state_machine", run_name="__main__")
    assert capsys.readouterr().out == SNAPSHOT.read_text(), (
        f"If the change is meant: python -m components.aws.state_machine > {SNAPSHOT}"
    )


@pytest.fixture(
    params=[(each, type_) for each in GRANULARITIES for type_ in ("STANDARD", "EXPRESS")], ids="-".join
)
def deployed(request, run):
    """The definition as it is deployed, and the type of its state machine."""
    granularity, type_ = request.param
    graph = run({"cloud": "aws", "granularity": granularity, "orchestrator": type_.lower()})
    machines = [each for each in graph.of("StateMachine") if each.name != "twinlens-batch"]
    [machine] = [each.inputs for each in machines if each.inputs["type"] == type_]
    return json.loads(machine["definition"]), type_


def complaints(definition, type_):
    """Return what AWS's own linter says of the definition."""
    from cfnlint.api import ManualArgs, lint  # takes a second, which every worker would spend at its start

    properties = {
        "RoleArn": "arn:aws:iam::123456789012:role/machine",
        "StateMachineType": type_,
        "DefinitionString": json.dumps(definition),
    }
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    template = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Machine": machine}})
    return [match.message for match in lint(template, config=ManualArgs(regions=["us-east-1"]))]


def test_the_deployed_definition_is_what_aws_takes(deployed):
    definition, type_ = deployed
    assert complaints(definition, type_) == []
    assert list(StateMachine().check({"definition": json.dumps(definition)})) == [], (
        "its states lead to each other"
    )


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_a_batch_s_definition_is_what_aws_takes(run, granularity):
    graph = run({"cloud": "aws", "granularity": granularity})
    [machine] = [each.inputs for each in graph.of("StateMachine") if each.name == "twinlens-batch"]
    definition = json.loads(machine["definition"])
    # The linter's schema knows these as numbers only. An expression is allowed, as AWS's own CDK writes it:
    # https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_stepfunctions.DistributedMapJsonataProps.html
    map_state = definition["States"]["items"]
    evaluated = {"MaxConcurrency": 20, "ToleratedFailurePercentage": 5}
    assert all(map_state[name].startswith("{%") for name in evaluated)
    known = definition | {"States": definition["States"] | {"items": map_state | evaluated}}
    assert complaints(known, machine["type"]) == []
    assert list(StateMachine().check({"definition": machine["definition"]})) == []
    photo = compile_workflow(pipeline_in(granularity), timeout_seconds=30)
    assert definition["States"]["items"]["ItemProcessor"]["States"].keys() == photo["States"].keys()


def test_a_definition_that_waits_for_a_person_is_what_aws_takes():
    definition = compile_workflow(pipeline_in(STEPWISE, review_seconds=600), timeout_seconds=30)
    filled = json.loads(
        json.dumps(definition).replace("${", "arn:aws:lambda:us-east-1:123456789012:function:{")
    )
    assert complaints(filled, "STANDARD") == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"Nxt": "validate_passed"}, "'Nxt' was unexpected"),
        ({"ResultPath": "$.job"}, "'ResultPath' was unexpected"),
        ({"TimeoutSeconds": "soon"}, "'soon' is not of type 'number'"),
    ],
)
def test_a_wrong_definition_is_complained_of(change, complaint):
    definition = json.loads(SNAPSHOT.read_text())["stepwise"]
    definition["States"]["validate"] |= change
    assert any(complaint in each for each in complaints(definition, "STANDARD"))

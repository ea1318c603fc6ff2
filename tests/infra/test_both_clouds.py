"""What settings do to the graph of either cloud."""

import pulumi
import pytest

from core.workflow.environment import CHAOS


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_data_is_kept_only_where_that_was_asked(cloud, run):
    kept = {
        answer: {
            each.type.split(":")[-1]
            for each in run({"cloud": cloud, "keepData": answer}).resources
            if each.kept
        }
        for answer in (False, True)
    }
    assert kept[False] == set()
    assert (
        kept[True]
        >= {"aws": {"Bucket", "Table", "BucketPolicy"}, "azure": {"ResourceGroup", "StorageAccount"}}[cloud]
    )
    assert not kept[True] & {"Function", "StateMachine", "WebApp"}


def test_mistakes_end_the_program_before_it_asks_for_anything(run):
    with pytest.raises(pulumi.RunError, match=r"memoryMb(.|\n)*timeoutSeconds"):
        run({"cloud": "aws", "memoryMb": 1, "timeoutSeconds": 0.5})


def _variables(graph):
    for each in graph.resources:
        variables = each.inputs.get("environment", {}).get("variables", {})
        settings = each.inputs.get("siteConfig", {}).get("appSettings", ())
        yield from {**variables, **{setting["name"]: setting["value"] for setting in settings}}.items()


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_faults_are_asked_for_by_one_variable_and_only_if_set(run, request, cloud):
    asked = run({"cloud": cloud, "chaos": "error=0.1", "allowChaos": True})
    assert {value for name, value in _variables(asked) if name == CHAOS} == {"error=0.1"}
    assert CHAOS not in dict(_variables(request.getfixturevalue(cloud)))

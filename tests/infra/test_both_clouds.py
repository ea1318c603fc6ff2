"""What holds for the graph of either cloud."""

import json

import pulumi
import pytest

from components.pipeline import Pipeline, build
from components.settings import Settings
from core.workflow.environment import CHAOS

OUTPUTS = {
    "cloud", "orchestrator", "granularity", "architecture", "memoryMb", "region", "recipe", "inputContainer",
    "outputContainer", "inputPrefix", "storeEndpoint", "ledger", "ledgerEndpoint", "workflow", "successTopic",
    "errorTopic", "queueEndpoint", "deadLetters", "undelivered", "metered",
}  # fmt: skip


UNTAGGABLE = {
    # AWS
    "BucketLifecycleConfiguration", "BucketNotification", "BucketOwnershipControls", "BucketPolicy",
    "BucketPublicAccessBlock", "BucketServerSideEncryptionConfiguration", "EventTarget", "QueuePolicy",
    "Dashboard", "QueryDefinition", "RolePolicy", "TopicPolicy", "TopicSubscription",
    # Azure
    "Blob", "BlobContainer", "ManagementPolicy", "Queue", "RoleAssignment", "SystemTopicEventSubscription",
    "Table",
}  # fmt: skip


@pytest.fixture(params=["aws", "azure"])
def graph(request):
    return request.getfixturevalue(request.param)


def test_both_clouds_export_the_same_names(graph):
    assert set(graph.outputs) == OUTPUTS
    assert None not in graph.outputs.values()


def test_the_output_store_is_not_the_input_store(graph):
    assert graph.outputs["inputContainer"] != graph.outputs["outputContainer"]


def test_every_resource_stands_under_a_component(graph):
    for each in graph.resources:
        parent, own = each.urn.split("::")[2].split("$")[-2:]
        assert parent.startswith("twinlens:") or own.endswith(":Pipeline"), each.urn


def test_no_output_was_turned_into_text(graph):
    assert "Calling __str__ on an Output" not in json.dumps(
        [each.inputs for each in graph.resources], default=vars
    )


def test_names_begin_with_the_pipeline_s(graph):
    assert not [each.name for each in graph.resources if not each.name.startswith("twinlens")]


def test_no_type_and_name_twice(graph):
    seen = [(each.type, each.name) for each in graph.resources]
    assert len(set(seen)) == len(seen)


def test_whatever_takes_tags_has_them(graph):
    for each in graph.resources:
        if each.custom and each.inputs.get("tags") != {"team": "photos"}:
            assert each.type.split(":")[-1] in UNTAGGABLE, each.urn


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_two_pipelines_with_different_settings_fit_into_one_stack(cloud, run):
    made: list[Pipeline] = []

    def program():
        for name, prefix in (("alpha", "a/"), ("beta", "b/")):
            pulumi.runtime.set_config("twinlens:inputPrefix", prefix)
            made.append(build(name, Settings.read(pulumi.Config("twinlens"))))

    graph = run({"cloud": cloud}, program)
    urns = [each.urn for each in graph.resources]
    assert len(set(urns)) == len(urns)
    assert len(made) == 2


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

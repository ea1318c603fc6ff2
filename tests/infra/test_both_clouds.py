"""What settings do to the graph of either cloud."""

import json

import pulumi
import pytest

from core.deployment.variables import CHAOS


def test_every_alarm_has_its_alerts_and_every_alert_its_alarm(aws, azure):
    alarms = {each.name for each in aws.of("MetricAlarm")}
    alerts = {each.name for kind in ("MetricAlert", "ScheduledQueryRule") for each in azure.of(kind)}
    meant = {
        alert: [alarm for alarm in alarms if alert == alarm or alert.startswith(f"{alarm}-")]
        for alert in alerts
    }
    assert all(len(found) == 1 for found in meant.values()), meant
    # Azure sends such notices and runs such looks without a queue: docs/operations.md.
    without = {"twinlens-untold", "twinlens-unreconciled"}
    assert {alarm for found in meant.values() for alarm in found} == alarms - without


def test_the_workbook_has_the_graphs_of_the_dashboard(aws, azure):
    widgets = json.loads(aws.one("Dashboard").inputs["dashboardBody"])["widgets"]
    items = json.loads(azure.one("Workbook").inputs["serializedData"])["items"]
    assert {each["properties"]["title"] for each in widgets} <= {each["name"] for each in items}


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

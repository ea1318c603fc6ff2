"""What an estimate bills for a stack that only stands there is what the program makes."""

from decimal import Decimal

from compare.metering import Stack, reconciler, standing_usage, viewing
from core.workflow.granularity import pipeline_in


def counted(graph) -> dict[str, Decimal]:
    chosen = (graph.config[each] for each in ("cloud", "orchestrator", "granularity", "architecture"))
    stack = Stack(*chosen, memory_mb=2048, region="anywhere")
    return {each.meter: each.quantity for each in standing_usage(stack, pipeline_in(stack.granularity))}


def test_alarms_and_dashboards_on_aws(any_aws):
    metrics = [
        query
        for alarm in any_aws.of("MetricAlarm")
        for query in alarm.inputs["metricQueries"]
        if "metric" in query
    ]
    assert counted(any_aws) == {
        "aws.cloudwatch.alarms": len(metrics),
        "aws.cloudwatch.dashboards": len(any_aws.of("Dashboard")),
    }


def test_alerts_on_azure(any_azure):
    series = 0
    for alert in any_azure.of("MetricAlert"):
        for condition in alert.inputs["criteria"]["allOf"]:
            series += max(1, sum(len(each["values"]) for each in condition.get("dimensions", ())))
    rules = any_azure.of("ScheduledQueryRule")
    assert {rule.inputs["evaluationFrequency"] for rule in rules} == {"PT5M"}  # the price is for this pace
    assert counted(any_azure) == {
        "azure.monitor.log_alerts": len(rules),
        "azure.monitor.metric_alerts": series,
    }


def test_the_reconciler_on_aws(any_aws):
    [memory] = {each.inputs["memorySize"] for each in any_aws.of("Function") if "reconciler" in each.name}
    assert memory == reconciler.LAMBDA_MB


def test_the_cdn_on_azure(run):
    graph = run({"cloud": "azure", "frontDoor": True})
    stack = Stack("azure", "storage", "stepwise", "x86_64", 2048, "anywhere", front_door=True, cdn=True)
    [profile] = graph.of("Profile")
    usage = standing_usage(stack, pipeline_in(stack.granularity))
    [fee] = [each.meter for each in usage if ".base." in each.meter]
    assert profile.inputs["sku"]["name"] == f"{fee.rpartition('.')[2].capitalize()}_AzureFrontDoor"
    probes = [each.inputs["healthProbeSettings"] for each in graph.of("AFDOriginGroup")]
    assert [each["probeIntervalInSeconds"] for each in probes] == [viewing.PROBE_SECONDS] * viewing.ORIGINS


def test_the_firewall_on_aws(run):
    graph = run({"cloud": "aws", "frontDoor": True, "waf": True})
    [acl] = graph.of("WebAcl")
    stack = Stack(
        "aws", "standard", "stepwise", "arm64", 1024, "anywhere", front_door=True, cdn=True, waf=True
    )
    found = {each.meter: each.quantity for each in standing_usage(stack, pipeline_in("stepwise"))}
    assert (found["aws.waf.web_acls"], found["aws.waf.rules"]) == (1, len(acl.inputs["rules"]))
    assert graph.outputs["waf"]

"""Every type is made, found, changed in place, removed twice and not found any more."""

import uuid

import pytest

from local.providers.provider import Ask
from local.providers.resource import ProviderError
from local.providers.schema import resource_schema

FLEX = {
    "deployment": {"storage": {"type": "blobContainer", "value": "http://a/packages"}},
    "runtime": {"name": "python", "version": "3.13"},
    "scaleAndConcurrency": {"instanceMemoryMB": 2048, "maximumInstanceCount": 40},
}


def in_account(cloud, **inputs):
    account = cloud.account()
    return {**cloud.group(), "accountName": account["name"], **inputs}


def policy(days):
    delete = {"delete": {"daysAfterModificationGreaterThan": days}}
    definition = {"actions": {"baseBlob": delete}, "filters": {"blobTypes": ["blockBlob"]}}
    return {"rules": [{"name": "short", "type": "Lifecycle", "enabled": True, "definition": definition}]}


def app(cloud, **changes):
    plan = cloud.make("web:AppServicePlan", {**cloud.group(), "sku": {"name": "FC1"}})[1]
    return {**cloud.group(), "serverFarmId": plan, "functionAppConfig": FLEX, **changes}


def alert(cloud):
    return {
        **cloud.group(),
        "criteria": {
            "odataType": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
            "allOf": [
                {
                    "criterionType": "StaticThresholdCriterion",
                    "metricName": "m",
                    "name": "n",
                    "operator": "GreaterThan",
                    "threshold": 0,
                    "timeAggregation": "Total",
                }
            ],
        },
        "enabled": True,
        "evaluationFrequency": "PT5M",
        "location": "global",
        "scopes": ["scope"],
        "severity": 2,
        "windowSize": "PT5M",
    }


def profile(cloud):
    sku = {"name": "Standard_AzureFrontDoor"}
    made = cloud.make("cdn:Profile", {**cloud.group(), "location": "Global", "sku": sku})[2]
    return {**cloud.group(), "profileName": made["name"]}


def route(cloud):
    within = profile(cloud)
    endpoint = cloud.make("cdn:AFDEndpoint", {**within, "location": "Global", "endpointName": "door"})[2]
    rules = cloud.make("cdn:RuleSet", {**within, "ruleSetName": "safe"})[1]
    return {**within, "endpointName": endpoint["name"], "routeName": "all", "ruleSets": [{"id": rules}]}


# For each type: how to make its inputs, and what is changed in place (None: nothing can be).
LIVES = {
    "resources:ResourceGroup": (lambda cloud: {"location": "eastus"}, {"tags": {"a": "1"}}),
    "storage:StorageAccount": (
        lambda cloud: {**cloud.group(), "kind": "StorageV2", "sku": {"name": "Standard_LRS"}},
        {"minimumTlsVersion": "TLS1_2"},
    ),
    "storage:BlobContainer": (lambda cloud: in_account(cloud), {"metadata": {"a": "1"}}),
    "storage:Queue": (lambda cloud: in_account(cloud), {"metadata": {"a": "1"}}),
    "storage:Table": (lambda cloud: in_account(cloud), None),
    "storage:ManagementPolicy": (
        lambda cloud: in_account(cloud, managementPolicyName="default", policy=policy(1)),
        {"policy": policy(2)},
    ),
    "storage:BlobServiceProperties": (
        lambda cloud: in_account(cloud, blobServicesName="default"),
        {"isVersioningEnabled": True},
    ),
    "managedidentity:UserAssignedIdentity": (lambda cloud: cloud.group(), {"tags": {"a": "1"}}),
    "operationalinsights:Workspace": (lambda cloud: cloud.group(), {"retentionInDays": 60}),
    "applicationinsights:Component": (lambda cloud: {**cloud.group(), "kind": "web"}, {"tags": {"a": "1"}}),
    "applicationinsights:Workbook": (
        lambda cloud: {**cloud.group(), "category": "c", "displayName": "d", "serializedData": "{}"},
        {"displayName": "e"},
    ),
    "durabletask:Scheduler": (
        lambda cloud: {
            **cloud.group(),
            "properties": {"ipAllowlist": ["0.0.0.0/0"], "sku": {"name": "Consumption"}},
        },
        {"tags": {"a": "1"}},
    ),
    "durabletask:TaskHub": (
        lambda cloud: {
            **cloud.group(),
            "schedulerName": cloud.make("durabletask:Scheduler", cloud.group())[2]["name"],
        },
        None,
    ),
    "durabletask:RetentionPolicy": (
        lambda cloud: {
            **cloud.group(),
            "schedulerName": cloud.make("durabletask:Scheduler", cloud.group())[2]["name"],
            "properties": {"retentionPolicies": [{"retentionPeriodInDays": 30}]},
        },
        {"properties": {"retentionPolicies": [{"retentionPeriodInDays": 7}]}},
    ),
    "cdn:AFDEndpoint": (
        lambda cloud: {**profile(cloud), "location": "Global", "endpointName": "door"},
        {"enabledState": "Disabled"},
    ),
    "cdn:Route": (route, {"patternsToMatch": ["/*"]}),
    "monitor:ActionGroup": (lambda cloud: {**cloud.group(), "groupShortName": "g"}, {"enabled": False}),
    "monitor:MetricAlert": (alert, {"severity": 1}),
    "monitor:ScheduledQueryRule": (lambda cloud: {**cloud.group(), "severity": 1}, {"severity": 2}),
    "web:AppServicePlan": (lambda cloud: {**cloud.group(), "sku": {"name": "FC1"}}, {"tags": {"a": "1"}}),
    "web:WebApp": (app, {"httpsOnly": True}),
    "eventgrid:SystemTopic": (
        lambda cloud: {
            **cloud.group(),
            "source": cloud.account()["id"],
            "topicType": "Microsoft.Storage.StorageAccounts",
        },
        {"tags": {"a": "1"}},
    ),
}


@pytest.mark.parametrize("kind", LIVES)
def test_life(cloud, kind):
    inputs_for, change = LIVES[kind]
    inputs = inputs_for(cloud)
    ask, identity, outputs = cloud.make(kind, inputs)
    schema = resource_schema("pulumi_azure_native", ask.token)
    assert identity.startswith("/subscriptions/")
    assert outputs["name"] == identity.rsplit("/", 1)[-1]
    assert outputs["type"].startswith("Microsoft.")
    assert "location" not in schema.outputs or outputs["location"]
    assert None not in [outputs[name] for name in schema.outputs if name in outputs]
    assert cloud.provider.exists(ask, identity, outputs)
    if change is not None:
        named = {**{name: outputs[name] for name in schema.inputs.fields if name in outputs}, **inputs}
        checked, wrong = cloud.provider.check(ask, named, {**inputs, **change})
        assert wrong == []
        assert not any(each.replaces for each in cloud.provider.diff(ask, inputs, {**inputs, **change}))
        outputs = cloud.provider.update(ask, identity, outputs, checked, preview=False)
        assert cloud.provider.exists(ask, identity, outputs)
    cloud.provider.delete(ask, identity, outputs)
    assert not cloud.provider.exists(ask, identity, outputs)
    cloud.provider.delete(ask, identity, outputs)


def test_rules_of_a_route_are_not_deleted_before_it(cloud):
    ask, identity, outputs = cloud.make("cdn:Route", inputs := route(cloud))
    rules, [used] = Ask("azure-native:cdn:RuleSet", "test", b"seed"), inputs["ruleSets"]
    with pytest.raises(ProviderError, match="refers to it"):
        cloud.provider.delete(rules, used["id"], {})
    cloud.provider.delete(ask, identity, outputs)
    cloud.provider.delete(rules, used["id"], {})


def test_names_are_made_as_the_real_provider_makes_them(cloud):
    made = cloud.make("managedidentity:UserAssignedIdentity", cloud.group(), "app")[2]["name"]
    assert made.startswith("app")
    assert len(made) == len("app") + 8
    assert cloud.make("storage:Queue", in_account(cloud), "uploads")[2]["name"] == "uploads"


def test_location_comes_from_the_resource_the_group_or_the_stack(cloud):
    assert (
        cloud.make("resources:ResourceGroup", {"resourceGroupName": "other"})[2]["location"] == "westeurope"
    )
    cloud.make("resources:ResourceGroup", {"resourceGroupName": "third", "location": "eastus"})
    there = cloud.make("managedidentity:UserAssignedIdentity", {"resourceGroupName": "third"})[2]
    assert there["location"] == "eastus"
    own = {"resourceGroupName": "third", "location": "northeurope"}
    assert cloud.make("web:AppServicePlan", own)[2]["location"] == "northeurope"


def test_a_part_needs_its_whole(cloud):
    with pytest.raises(ProviderError, match=r"The resource /subscriptions/.*/resourceGroups/nowhere"):
        cloud.make("managedidentity:UserAssignedIdentity", {"resourceGroupName": "nowhere"})
    with pytest.raises(ProviderError, match="storageAccounts/nobody"):
        cloud.make("storage:Queue", {**cloud.group(), "accountName": "nobody"})


def test_nothing_is_made_twice(cloud):
    cloud.group()
    with pytest.raises(ProviderError, match="already"):
        cloud.make("resources:ResourceGroup", {"resourceGroupName": "GROUP"})


def test_identities_have_ids_of_their_own(cloud):
    one = cloud.make("managedidentity:UserAssignedIdentity", {**cloud.group(), "resourceName": "one"})[2]
    two = cloud.make("managedidentity:UserAssignedIdentity", {**cloud.group(), "resourceName": "two"})[2]
    ids = {each[name] for each in (one, two) for name in ("clientId", "principalId")}
    assert len(ids) == 4
    assert all(uuid.UUID(each) for each in ids)

"""Whatever the settings, Resource Manager takes what the program asks for: Microsoft's own models say so."""

import re
from dataclasses import replace

import arm_models
import pytest

from local.providers.azure_native.__main__ import SERVICES

PATHS = {each.kind: each.path for each in (make() for service in SERVICES for make in service.RESOURCES)}
# Written by the storage service itself, not by Resource Manager.
DATA = {"azure-native:storage:Blob"}


def faults(resource):
    """Return what Azure would refuse of a resource of the graph."""
    address = {*re.findall(r"{(\w+)}", PATHS[resource.type]), "resourceGroupName", "scope"}
    return list(arm_models.faults(resource.type, resource.inputs, frozenset(address)))


def test_resource_manager_takes_every_resource(any_azure):
    asked = [each for each in any_azure.resources if each.custom and each.type not in DATA]
    assert {each.type.removeprefix("azure-native:") for each in asked} <= set(arm_models.MODELS)
    assert {each.name: found for each in asked if (found := faults(each))} == {}


def changed(value, path, new):
    """Return a copy of nested dictionaries and lists with another value at the path; ``None`` removes it."""
    head, *rest = path
    if not rest and new is None:
        return {key: each for key, each in value.items() if key != head}
    inner = changed(value[head], rest, new) if rest else new
    if isinstance(value, list):
        return [inner if position == head else each for position, each in enumerate(value)]
    return {**value, head: inner}


# An enumeration, a required property, a name, a type, a limit, a discriminated model, and what Azure sets.
VIOLATIONS = [
    ("StorageAccount", ("sku", "name"), "Standard_XXS", "is not one of Standard_LRS"),
    ("StorageAccount", ("kind",), None, "kind: it is required"),
    ("StorageAccount", ("allowSharedKeys",), True, "has no such property"),
    ("StorageAccount", ("primaryEndpoints",), {}, "has no such property"),
    ("BlobContainer", ("publicAccess",), "Everybody", "is not one of"),
    ("ManagementPolicy", ("policy", "rules", 0, "type"), "Lifespan", "is not one of Lifecycle"),
    ("ManagementPolicy", ("policy", "rules", 0, "definition"), None, "definition: it is required"),
    ("AppServicePlan", ("reserved",), "yes", "is not of the type bool"),
    ("WebApp", ("functionAppConfig", "runtime", "name"), "perl", "is not one of"),
    ("WebApp", ("functionAppConfig", "scaleAndConcurrency", "maximumInstanceCount"), "a", "of the type int"),
    ("WebApp", ("siteConfig", "minTlsVersion"), "0.9", "is not one of"),
    ("SystemTopic", ("identity", "type"), "Nobody", "is not one of"),
    ("SystemTopicEventSubscription", ("retryPolicy", "maxDeliveryAttempts"), "often", "of the type int"),
    ("SystemTopicEventSubscription", ("filter", "advancedFilters", 0, "value"), "x", "has no such property"),
    ("SystemTopicEventSubscription", ("provisioningState",), "Succeeded", "it is set by Azure"),
    ("ActionGroup", ("groupShortName",), "a-name-that-is-too-long", "breaks max_length 12"),
    ("ActionGroup", ("emailReceivers", 0, "emailAddress"), None, "emailAddress: it is required"),
    ("MetricAlert", ("criteria", "allOf", 0, "operator"), "Above", "is not one of"),
    ("MetricAlert", ("windowSize",), None, "windowSize: it is required"),
    ("ScheduledQueryRule", ("criteria", "allOf", 0, "timeAggregation"), "Often", "is not one of"),
    ("ScheduledQueryRule", ("severity",), "high", "severity"),
    ("Component", ("ingestionMode",), "Everything", "is not one of"),
    ("Workbook", ("kind",), "secret", "is not one of"),
    ("Workspace", ("sku", "name"), "Cheap", "is not one of"),
    ("RoleAssignment", ("principalType",), "Robot", "is not one of"),
    ("RoleAssignment", ("principalId",), None, "principalId: it is required"),
    ("Deployment", ("properties", "mode"), "Careful", "is not one of"),
]


@pytest.mark.parametrize(("kind", "path", "new", "told"), VIOLATIONS)
def test_a_violation_is_found(azure, kind, path, new, told):
    resource = azure.of(kind)[0]
    assert not faults(resource)
    (fault,) = faults(replace(resource, inputs=changed(resource.inputs, path, new)))
    assert told in fault
    assert fault.startswith(str(path[0]))

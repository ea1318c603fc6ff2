"""Check a resource's inputs against the models of Microsoft's own management libraries.

The libraries are generated from the specifications of Resource Manager's interfaces. There are two
generations of models: of the older, ``_attribute_map`` and ``_validation`` say what is on the wire and what
is allowed; of the newer, annotated attributes do. Azure Native takes the same properties, without the
``properties`` around most of them, and under the libraries' names where those differ from the wire's.

Patterns of names in addresses are in neither; the stand-in's own ``check`` has them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from importlib import import_module
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

# The body of each type's PUT.
MODELS = {
    "applicationinsights:Component": "applicationinsights.v2020_02_02:ApplicationInsightsComponent",
    "applicationinsights:Workbook": "applicationinsights.v2023_06_01:Workbook",
    "authorization:RoleAssignment": "authorization.v2022_04_01:RoleAssignmentCreateParameters",
    "authorization:RoleDefinition": "authorization.v2022_04_01:RoleDefinition",
    "cdn:AFDCustomDomain": "cdn:AFDDomain",
    "cdn:AFDEndpoint": "cdn:AFDEndpoint",
    "cdn:AFDOrigin": "cdn:AFDOrigin",
    "cdn:AFDOriginGroup": "cdn:AFDOriginGroup",
    "cdn:Profile": "cdn:Profile",
    "cdn:Route": "cdn:Route",
    "cdn:Rule": "cdn:Rule",
    "cdn:RuleSet": "cdn:RuleSet",
    "cdn:SecurityPolicy": "cdn:SecurityPolicy",
    "consumption:Budget": "consumption:Budget",
    "dns:RecordSet": "dns:RecordSet",
    "durabletask:RetentionPolicy": "durabletask:RetentionPolicy",
    "durabletask:Scheduler": "durabletask:Scheduler",
    "durabletask:TaskHub": "durabletask:TaskHub",
    "eventgrid:SystemTopic": "eventgrid:SystemTopic",
    "eventgrid:SystemTopicEventSubscription": "eventgrid:EventSubscription",
    "frontdoor:Policy": "frontdoor:WebApplicationFirewallPolicy",
    "managedidentity:UserAssignedIdentity": "msi.v2024_11_30:Identity",
    "monitor:ActionGroup": "monitor:ActionGroupResource",
    "monitor:MetricAlert": "monitor:MetricAlertResource",
    "monitor:ScheduledQueryRule": "monitor:ScheduledQueryRuleResource",
    "operationalinsights:Workspace": "loganalytics:Workspace",
    "resources:Deployment": "resource.deployments:Deployment",
    "resources:ResourceGroup": "resource.resources:ResourceGroup",
    "storage:BlobContainer": "storage:BlobContainer",
    "storage:BlobServiceProperties": "storage:BlobServiceProperties",
    "storage:ManagementPolicy": "storage:ManagementPolicy",
    "storage:Queue": "storage:StorageQueue",
    "storage:StorageAccount": "storage:StorageAccountCreateParameters",
    "storage:Table": "storage:Table",
    "web:AppServicePlan": "web:AppServicePlan",
    "web:WebApp": "web:Site",
    "web:WebAppFtpAllowed": "web:CsmPublishingCredentialsPoliciesEntity",
    "web:WebAppScmAllowed": "web:CsmPublishingCredentialsPoliciesEntity",
}
# The operations on each type, in the same libraries.
OPERATIONS = {
    "applicationinsights:Component": "Components",
    "applicationinsights:Workbook": "Workbooks",
    "authorization:RoleAssignment": "RoleAssignments",
    "authorization:RoleDefinition": "RoleDefinitions",
    "cdn:AFDCustomDomain": "AFDCustomDomains",
    "cdn:AFDEndpoint": "AFDEndpoints",
    "cdn:AFDOrigin": "AFDOrigins",
    "cdn:AFDOriginGroup": "AFDOriginGroups",
    "cdn:Profile": "Profiles",
    "cdn:Route": "Routes",
    "cdn:Rule": "Rules",
    "cdn:RuleSet": "RuleSets",
    "cdn:SecurityPolicy": "SecurityPolicies",
    "consumption:Budget": "Budgets",
    "dns:RecordSet": "RecordSets",
    "durabletask:RetentionPolicy": "RetentionPolicies",
    "durabletask:Scheduler": "Schedulers",
    "durabletask:TaskHub": "TaskHubs",
    "eventgrid:SystemTopic": "SystemTopics",
    "eventgrid:SystemTopicEventSubscription": "SystemTopicEventSubscriptions",
    "frontdoor:Policy": "Policies",
    "managedidentity:UserAssignedIdentity": "UserAssignedIdentities",
    "monitor:ActionGroup": "ActionGroups",
    "monitor:MetricAlert": "MetricAlerts",
    "monitor:ScheduledQueryRule": "ScheduledQueryRules",
    "operationalinsights:Workspace": "Workspaces",
    "resources:Deployment": "Deployments",
    "resources:ResourceGroup": "ResourceGroups",
    "storage:BlobContainer": "BlobContainers",
    "storage:BlobServiceProperties": "BlobServices",
    "storage:ManagementPolicy": "ManagementPolicies",
    "storage:Queue": "Queue",
    "storage:StorageAccount": "StorageAccounts",
    "storage:Table": "Table",
    "web:AppServicePlan": "AppServicePlans",
    "web:WebApp": "WebApps",
    "web:WebAppFtpAllowed": "WebApps",
    "web:WebAppScmAllowed": "WebApps",
}
# What the provider adds itself: the location of the resource group.
ADDED = frozenset({"location"})
# A list for azure-native, with the identities' ids; a map of them on the wire.
LISTED = frozenset({"userAssignedIdentities"})
# By the name of a validation rule, whether a value breaks it.
BROKEN: Mapping[str, Callable[[Any, Any], bool]] = {
    "pattern": lambda value, limit: not re.search(limit, str(value)),
    "max_length": lambda value, limit: len(value) > limit,
    "min_length": lambda value, limit: len(value) < limit,
    "max_items": lambda value, limit: len(value) > limit,
    "min_items": lambda value, limit: len(value) < limit,
    "unique": lambda value, limit: bool(limit) and len(set(map(str, value))) < len(value),
    "maximum": lambda value, limit: value > limit,
    "minimum": lambda value, limit: value < limit,
}


@dataclass(frozen=True)
class Property:
    """A property of a model: its type, and what else holds for it."""

    type: Any
    required: bool = False
    readonly: bool = False
    rules: Mapping[str, Any] = field(default_factory=dict)


def faults(kind: str, inputs: Mapping[str, Any], in_address: frozenset[str]) -> Iterator[str]:
    """Yield what Azure would refuse of a resource's inputs; those ``in_address`` are no part of its body.

    Raises:
        KeyError: There is no model for the type.
    """
    module, _, name = MODELS[kind.removeprefix("azure-native:")].partition(":")
    model = getattr(import_module(f"azure.mgmt.{module}.models"), name)
    body = {key: value for key, value in inputs.items() if key not in in_address}
    yield from (each for each in _object(model, body, "") if each.split(":")[0] not in ADDED)


def is_long_running(kind: str) -> bool:
    """Return whether creating or deleting a resource of this type is an operation that has to be polled."""
    kind = kind.removeprefix("azure-native:")
    operations = import_module(f"azure.mgmt.{MODELS[kind].partition(':')[0]}.operations")
    group = getattr(operations, f"{OPERATIONS[kind]}Operations")
    return any(hasattr(group, f"begin_{verb}") for verb in ("create", "create_or_update", "delete"))


def _value(kind: Any, value: Any, path: str) -> Iterator[str]:
    origin, arguments = get_origin(kind), get_args(kind)
    if value is None or kind is Any:
        return
    if origin in (Union, UnionType):
        choices = [each for each in arguments if each is not type(None)]
        enums = [each for each in choices if isinstance(each, type) and issubclass(each, Enum)]
        if enums and value not in (allowed := [each.value for each in enums[0]]):
            yield f"{path}: {value!r} is not one of {', '.join(map(str, allowed))}"
        elif not enums:
            yield from min((list(_value(each, value, path)) for each in choices), key=len)
    elif origin is list or kind is list:
        if not isinstance(value, list):
            yield f"{path}: {value!r} is not a list"
        elif arguments:
            for position, each in enumerate(value):
                yield from _value(arguments[0], each, f"{path}[{position}]")
    elif origin is dict or kind is dict:
        if not isinstance(value, dict) and not (isinstance(value, list) and path.split(".")[-1] in LISTED):
            yield f"{path}: {value!r} is not a map"
        elif arguments and isinstance(value, dict):
            for key, each in value.items():
                yield from _value(arguments[1], each, f"{path}.{key}")
    elif _is_model(kind):
        if isinstance(value, dict):
            yield from _object(kind, value, path)
        else:
            yield f"{path}: {value!r} is not an object"
    elif isinstance(kind, type):
        # A whole number reaches the provider as a float, as all numbers in Pulumi's protocol do.
        given = int if isinstance(value, float) and value.is_integer() and kind is int else type(value)
        allowed = (int, float) if kind is float else (kind,)
        if kind in (str, int, bool, float) and given not in allowed:
            yield f"{path}: {value!r} is not of the type {kind.__name__}"


def _object(model: Any, value: Mapping[str, Any], path: str) -> Iterator[str]:
    model = _chosen(model, value)
    known = properties(model)
    inner = _inner(known)
    flattened = (
        {} if "properties" in value else {key: each for key, each in inner.items() if key not in known}
    )
    allowed = {**flattened, **known}
    dot = f"{path}." if path else ""
    for key, each in value.items():
        if key not in allowed:
            yield f"{dot}{key}: {model.__name__} has no such property"
        elif allowed[key].readonly:
            yield f"{dot}{key}: it is set by Azure"
        else:
            yield from _value(allowed[key].type, each, f"{dot}{key}")
            yield from _rules(allowed[key].rules, each, f"{dot}{key}")
    # An object around the properties that is optional itself may be missing with all that it requires.
    is_flat = not flattened.keys().isdisjoint(value)
    given = {id(allowed[key]) for key in value if key in allowed and value[key] is not None}
    missing = {
        id(each): key
        for key, each in (allowed if is_flat else known).items()
        if each.required and not each.readonly and not (is_flat and key == "properties")
    }
    for key in (key for each, key in missing.items() if each not in given):
        yield f"{dot}{key}: it is required"


def _rules(rules: Mapping[str, Any], value: Any, path: str) -> Iterator[str]:
    if value is None:
        return
    for name, limit in rules.items():
        if name in BROKEN and BROKEN[name](value, limit):
            yield f"{path}: {value!r} breaks {name} {limit}"


def _chosen(model: Any, value: Mapping[str, Any]) -> Any:
    """Return the model that the value's discriminator selects, or the model itself."""
    for attribute, models in vars(model).get("_subtype_map", {}).items():
        name = models.get(value.get(_camel(attribute)))
        if name:
            return _chosen(getattr(sys.modules[model.__module__], name), value)
    for name, chosen in vars(model).get("__mapping__", {}).items():
        if name in value.values():
            return _chosen(chosen, value) if chosen is not model else model
    return model


def _inner(known: Mapping[str, Property]) -> Mapping[str, Property]:
    """Return what is inside ``properties``."""
    if "properties" not in known:
        return {}
    kinds = get_args(known["properties"].type) or (known["properties"].type,)
    return next((properties(each) for each in kinds if _is_model(each)), {})


@cache
def properties(model: Any) -> Mapping[str, Property]:
    """Return a model's properties, by Azure Native's names."""
    return _older(model) if hasattr(model, "_attribute_map") else _newer(model)


def _older(model: Any) -> Mapping[str, Property]:
    hints, found = {}, {}
    for each in reversed(model.__mro__):
        if "__init__" in vars(each) and hasattr(each, "_attribute_map"):
            hints |= get_type_hints(each.__init__, *_names(each))
    # A property beside ``properties`` comes last, since it has the name where one inside has the same.
    for attribute, described in sorted(
        model._attribute_map.items(), key=lambda each: -each[1]["key"].count(".")
    ):
        rules = model._validation.get(attribute, {})
        wire = re.split(r"(?<!\\)\.", described["key"])[-1]
        made = Property(
            hints.get(attribute, Any), rules.get("required", False), rules.get("readonly", False), rules
        )
        if wire:
            found |= {wire: made, _camel(attribute): made}
    return found


def _newer(model: Any) -> Mapping[str, Property]:
    found: dict[str, Property] = {}
    for each in reversed(model.__mro__):
        fields = {name: value for name, value in vars(each).items() if type(value).__name__ == "_RestField"}
        hints = get_type_hints(each, *_names(each)) if fields else {}
        for attribute, rest in fields.items():
            kind = hints[attribute]
            required = type(None) not in get_args(kind)
            made = Property(kind, required, rest._visibility == ["read"])
            found |= {rest._rest_name_input or attribute: made, _camel(attribute): made}
    return found


def _names(model: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the names by which a model's annotations know each other."""
    module = sys.modules[model.__module__]
    return {**vars(module)}, {"_models": sys.modules[model.__module__.rpartition(".")[0]], "JSON": Any}


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and kind.__module__.startswith("azure.mgmt.") and not issubclass(kind, Enum)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(each.title() for each in rest)

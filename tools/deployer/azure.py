"""The Azure roles of a deployer: the operations of each type of resource that the program creates.

Resource Manager checks ``<type>/read``, ``/write`` and ``/delete`` of a resource's own type. Further
operations are listed here with their reasons.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from components.azure.roles import Role
from tools.deployer import azure_front_door

VERBS = ("read", "write", "delete")
ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"

PUBLISHING = "Microsoft.Web/sites/basicPublishingCredentialsPolicies"

# The Resource Manager type of each type that the program creates.
TYPES: Mapping[str, str] = {
    "azure-native:resources:ResourceGroup": "Microsoft.Resources/subscriptions/resourceGroups",
    "azure-native:resources:Deployment": "Microsoft.Resources/deployments",
    "azure-native:storage:StorageAccount": "Microsoft.Storage/storageAccounts",
    "azure-native:storage:BlobServiceProperties": "Microsoft.Storage/storageAccounts/blobServices",
    "azure-native:consumption:Budget": "Microsoft.Consumption/budgets",
    "azure-native:storage:BlobContainer": "Microsoft.Storage/storageAccounts/blobServices/containers",
    "azure-native:storage:Queue": "Microsoft.Storage/storageAccounts/queueServices/queues",
    "azure-native:storage:Table": "Microsoft.Storage/storageAccounts/tableServices/tables",
    "azure-native:storage:ManagementPolicy": "Microsoft.Storage/storageAccounts/managementPolicies",
    "azure-native:managedidentity:UserAssignedIdentity": ("Microsoft.ManagedIdentity/userAssignedIdentities"),
    "azure-native:authorization:RoleAssignment": ASSIGNMENTS,
    "azure-native:operationalinsights:Workspace": "Microsoft.OperationalInsights/workspaces",
    "azure-native:applicationinsights:Component": "Microsoft.Insights/components",
    "azure-native:applicationinsights:Workbook": "Microsoft.Insights/workbooks",
    "azure-native:monitor:ActionGroup": "Microsoft.Insights/actionGroups",
    "azure-native:monitor:MetricAlert": "Microsoft.Insights/metricAlerts",
    "azure-native:monitor:ScheduledQueryRule": "Microsoft.Insights/scheduledQueryRules",
    "azure-native:web:AppServicePlan": "Microsoft.Web/serverfarms",
    "azure-native:web:WebApp": "Microsoft.Web/sites",
    "azure-native:web:WebAppFtpAllowed": PUBLISHING,
    "azure-native:web:WebAppScmAllowed": PUBLISHING,
    "azure-native:eventgrid:SystemTopic": "Microsoft.EventGrid/systemTopics",
    "azure-native:eventgrid:SystemTopicEventSubscription": (
        "Microsoft.EventGrid/systemTopics/eventSubscriptions"
    ),
    "azure-native:durabletask:Scheduler": "Microsoft.DurableTask/schedulers",
    "azure-native:durabletask:TaskHub": "Microsoft.DurableTask/schedulers/taskHubs",
    "azure-native:durabletask:RetentionPolicy": "Microsoft.DurableTask/schedulers/retentionPolicies",
}
# A blob is not a Resource Manager resource: azure-native writes it with the account's key.
DATA = frozenset({"azure-native:storage:Blob"})

# Operations in addition to those of the types themselves, by the type that needs them.
FURTHER: Mapping[str, tuple[str, ...]] = {
    "azure-native:storage:Blob": (
        "Microsoft.Storage/storageAccounts/listKeys/action",  # to write the archive
    ),
    "azure-native:resources:Deployment": (
        # A template's deployment is checked, then watched; the one resource in it is One Deploy.
        "Microsoft.Resources/deployments/operations/read",
        "Microsoft.Resources/deployments/validate/action",
        "Microsoft.Web/sites/extensions/read",
        "Microsoft.Web/sites/extensions/write",
        # With noSharedKeys it has none, and the code is posted to the app's deployment site.
        "Microsoft.Web/sites/publish/action",
        # The template signs the archive's address on behalf of the user who deploys it.
        "Microsoft.Storage/storageAccounts/listServiceSas/action",
    ),
    "azure-native:web:WebApp": (
        "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",  # the app's identity
        "Microsoft.Web/serverfarms/join/action",  # the app's plan
        # The provider reads and writes the app's settings at addresses of their own.
        "Microsoft.Web/sites/config/list/action",
        "Microsoft.Web/sites/config/read",
        "Microsoft.Web/sites/config/write",
    ),
    # Microsoft lists operations of the two members and of the collection, and none to delete them.
    "azure-native:web:WebAppFtpAllowed": (f"{PUBLISHING}/ftp/read", f"{PUBLISHING}/ftp/write"),
    "azure-native:web:WebAppScmAllowed": (f"{PUBLISHING}/scm/read", f"{PUBLISHING}/scm/write"),
    "azure-native:eventgrid:SystemTopicEventSubscription": (
        # Event Grid's own documents ask for this on the source of the events: "Event Grid security".
        "Microsoft.EventGrid/eventSubscriptions/write",
    ),
    "azure-native:applicationinsights:Component": (
        # To link a workspace: learn.microsoft.com, "Create and configure Application Insights resources".
        "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
    ),
    "azure-native:monitor:ScheduledQueryRule": (
        # The rule's query runs on the workspace, so its author needs permission to query it.
        "Microsoft.OperationalInsights/workspaces/query/read",
    ),
    "azure-native:monitor:MetricAlert": (
        "Microsoft.Insights/metricDefinitions/read",  # the metric is looked up when the alert is created
        "Microsoft.Insights/metrics/read",
    ),
}

# Reading whether a long-running operation has ended, by the type whose creation or deletion is one. Most are
# read at an address of the subscription and its region, outside of any resource group. All are listed in
# learn.microsoft.com, "Azure permissions" (role-based-access-control/permissions); a role with an operation
# that is not listed is refused. None is listed for Durable Task (docs/limits.md), nor for storage accounts,
# which the built-in Storage Account Contributor creates with ``Microsoft.Storage/storageAccounts/*`` alone.
POLLING: Mapping[str, tuple[str, ...]] = {
    "azure-native:durabletask:RetentionPolicy": (),
    "azure-native:durabletask:Scheduler": (),
    "azure-native:durabletask:TaskHub": (),
    "azure-native:eventgrid:SystemTopic": (
        "Microsoft.EventGrid/locations/operationResults/read",
        "Microsoft.EventGrid/locations/operationsStatus/read",
    ),
    "azure-native:eventgrid:SystemTopicEventSubscription": (
        "Microsoft.EventGrid/locations/operationResults/read",
        "Microsoft.EventGrid/locations/operationsStatus/read",
    ),
    "azure-native:operationalinsights:Workspace": (
        "Microsoft.OperationalInsights/locations/operationStatuses/read",
    ),
    "azure-native:resources:Deployment": (
        "Microsoft.Resources/deployments/operationstatuses/read",
        # One Deploy, the template's resource, is a long-running operation of the app.
        "Microsoft.Web/locations/operationResults/read",
        "Microsoft.Web/locations/operations/read",
    ),
    "azure-native:resources:ResourceGroup": ("Microsoft.Resources/subscriptions/operationresults/read",),
    "azure-native:storage:StorageAccount": (),
    "azure-native:web:WebAppFtpAllowed": (),
    "azure-native:web:WebAppScmAllowed": (),
    "azure-native:web:AppServicePlan": (
        "Microsoft.Web/locations/operationResults/read",
        "Microsoft.Web/locations/operations/read",
        "Microsoft.Web/serverfarms/operationresults/read",
    ),
    "azure-native:web:WebApp": (
        "Microsoft.Web/locations/operationResults/read",
        "Microsoft.Web/locations/operations/read",
        "Microsoft.Web/sites/operationresults/read",
        "Microsoft.Web/sites/operations/read",
    ),
}


def namespaces() -> list[str]:
    """Return the resource providers that must be registered in a subscription."""
    return sorted({each.split("/")[0] for each in TYPES.values()} - {"Microsoft.Resources"})


def operations(types: Iterable[str]) -> set[str]:
    """Return the operations for creating, reading, changing and deleting resources of these types.

    Raises:
        KeyError: A type is unknown.
    """
    needed: set[str] = set()
    for each in types:
        if each not in DATA:
            verbs = VERBS[:2] if TYPES[each] == PUBLISHING else VERBS
            needed.update(f"{TYPES[each]}/{verb}" for verb in verbs)
        needed.update(FURTHER.get(each, ()), POLLING.get(each, ()))
    return needed


def outside_groups() -> set[str]:
    """Return the operations that are needed on the subscription even if a resource group exists already."""
    polling = {each for operations in POLLING.values() for each in operations}
    return {each for each in polling if "/locations/" in each or "/subscriptions/" in each}


def role(name: str, description: str, actions: Iterable[str]) -> dict[str, object]:
    """Return a role definition as `az role definition create` accepts it."""
    return {
        "Name": name,
        "IsCustom": True,
        "Description": description,
        "Actions": sorted(actions),
        "NotActions": [],
        "AssignableScopes": ["/subscriptions/SUBSCRIPTION_ID"],
    }


def condition(further: Iterable[str] = ()) -> str:
    """Return the condition on role assignments: one of the app's roles, to a service's identity."""
    granted = ", ".join([*sorted(each.value for each in Role), *further])

    def only(verb: str, source: str) -> str:
        return (
            f"((!(ActionMatches{{'{ASSIGNMENTS}/{verb}'}})) OR "
            f"(@{source}[{ASSIGNMENTS}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{granted}}} AND "
            f"@{source}[{ASSIGNMENTS}:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase "
            "{'ServicePrincipal'}))"
        )

    return f"{only('write', 'Request')} AND {only('delete', 'Resource')}\n"


def documents() -> dict[str, str]:
    """Return the texts of the files in docs/deploy, by name."""
    roles = {
        "azure-deployer": role(
            "Twinlens deployer", "Deploys and removes Twinlens.", operations({*TYPES, *DATA})
        ),
        "azure-front-door": role(
            "Twinlens front door deployer",
            f"Deploys a front door, with {azure_front_door.BUILT_IN}.",
            azure_front_door.OPERATIONS,
        ),
        "azure-upload-adder": azure_front_door.UPLOADS,
        "azure-poller": role(
            "Twinlens poller",
            "Reads whether operations have ended, for a deployer of one resource group.",
            outside_groups(),
        ),
        "azure-preview": role(
            "Twinlens previewer",
            "Shows what a deployment of Twinlens would change.",
            # A preview asks Azure nothing, but an identity can't sign in to where it has no role.
            {f"{TYPES['azure-native:resources:ResourceGroup']}/read"},
        ),
    }
    texts = {f"{name}.json": json.dumps(made, indent=2) + "\n" for name, made in roles.items()}
    return {
        **texts,
        "azure-deployer-condition.txt": condition(),
        "azure-front-door-condition.txt": condition(azure_front_door.ASSIGNED),
    }

"""What the program asks Azure for."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from components.azure.orchestration import host_json
from components.azure.roles import Role
from core.deployment import variables
from core.deployment.limits import LEDGER_RETENTION
from core.deployment.variables import STUCK_SCHEDULE, UNCLAIMED_SCHEDULE, Environment, Reconciler
from core.job import WORK_PREFIX
from core.workflow.photo import PIPELINE
from local.providers.azure_native import functions, template

NAMES = {
    variables.UPLOADS_QUEUE: "uploads",
    variables.LEDGER_TABLE: "ledger",
    variables.SUCCESS_QUEUE: "notify-success",
    variables.ERROR_QUEUE: "notify-error",
}
ROLE = "/subscriptions/0000/providers/Microsoft.Authorization/roleDefinitions/"


def settings(graph) -> dict[str, str]:
    return {each["name"]: each["value"] for each in graph.one("WebApp").inputs["siteConfig"]["appSettings"]}


def test_storage_takes_identities_and_tls_only(azure):
    accounts = {each.name: each.inputs for each in azure.of("StorageAccount")}
    assert set(accounts) == {"twinlensphotos", "twinlensstate", "twinlenscode"}
    for account in accounts.values():
        assert account["minimumTlsVersion"] == "TLS1_2"
        assert account["enableHttpsTrafficOnly"] is True
        assert account["allowBlobPublicAccess"] is False
    keys = {name: account["allowSharedKeyAccess"] for name, account in accounts.items()}
    assert keys == {"twinlensphotos": False, "twinlensstate": False, "twinlenscode": True}


def test_no_account_accepts_keys_where_they_are_forbidden(run):
    """The code is then posted to the app before an empty deployment, which is named by it, is made."""
    graph = run({"cloud": "azure", "noSharedKeys": True})
    assert {each.inputs["allowSharedKeyAccess"] for each in graph.of("StorageAccount")} == {False}
    assert not graph.of("Blob")
    deployment = graph.one("Deployment")
    assert deployment.prepared
    assert deployment.name == "twinlens-published-0123456789abcdef"
    assert deployment.inputs["properties"]["template"]["resources"] == []
    assert deployment.inputs["properties"]["parameters"] == {
        "site": {"value": "twinlens-app.scm.azurewebsites.net"}
    }


def test_account_names_leave_room_for_what_pulumi_adds(azure):
    assert all(len(each.name) <= 16 and each.name.isalnum() for each in azure.of("StorageAccount"))


def test_no_container_is_public(azure):
    assert {each.inputs["publicAccess"] for each in azure.of("BlobContainer")} == {"None"}


def test_what_steps_leave_for_each_other_goes_after_a_day(azure):
    (rule,) = azure.one("ManagementPolicy").inputs["policy"]["rules"]
    assert rule["definition"]["filters"]["prefixMatch"] == [f"output/{WORK_PREFIX}"]
    assert rule["definition"]["actions"]["baseBlob"]["delete"] == {"daysAfterModificationGreaterThan": 1}


def test_the_app_runs_on_flex_consumption_with_its_memory(azure):
    plan = azure.one("AppServicePlan").inputs
    assert (plan["sku"], plan["reserved"]) == ({"name": "FC1", "tier": "FlexConsumption"}, True)
    config = azure.one("WebApp").inputs["functionAppConfig"]
    assert config["runtime"] == {"name": "python", "version": "3.13"}
    assert config["scaleAndConcurrency"]["instanceMemoryMB"] == 2048
    storage = config["deployment"]["storage"]
    assert storage["value"] == "https://twinlenscode.blob.core.windows.net/deployed"
    assert storage["authentication"]["type"] == "UserAssignedIdentity"


def test_the_app_has_no_default_that_a_flex_plan_refuses(azure):
    app = azure.one("WebApp").inputs
    assert set(app["siteConfig"]) == {"appSettings", "minTlsVersion"}
    assert app["httpsOnly"] is True


@pytest.mark.parametrize(
    "refused",
    [
        "WEBSITE_RUN_FROM_PACKAGE",
        "SCM_DO_BUILD_DURING_DEPLOYMENT",
        "ENABLE_ORYX_BUILD",
        "FUNCTIONS_WORKER_RUNTIME",
        "FUNCTIONS_EXTENSION_VERSION",
        "AzureWebJobsStorage",
    ],
)
def test_the_app_has_no_setting_that_a_flex_plan_refuses(azure, refused):
    assert refused not in settings(azure)


def test_the_app_reaches_its_accounts_as_its_identity(azure):
    given = settings(azure)
    for name, account in (("AzureWebJobsStorage", "twinlensstate"), ("PHOTOS", "twinlensphotos")):
        for service in ("blob", "queue", "table"):
            assert given[f"{name}__{service}ServiceUri"] == f"https://{account}.{service}.core.windows.net/"
        assert given[f"{name}__credential"] == "managedidentity"
    assert given["AzureWebJobsStorage__accountName"] == "twinlensstate"
    for name in ("AzureWebJobsStorage", "PHOTOS"):
        assert given[f"{name}__clientId"] == "client-twinlens-app"
    assert (
        given["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] == "ClientId=client-twinlens-app;Authorization=AAD"
    )


def test_the_app_receives_what_the_handlers_read(azure):
    given = settings(azure)
    assert Environment.read(given) == Environment("input", "output", "gallery", 52428800, 100000000)
    assert {each: given[each] for each in NAMES} == NAMES
    assert given["TWINLENS_MEMORY_MB"] == "2048"
    assert given["AzureFunctionsJobHost__functionTimeout"] == "00:00:30"


def test_role_assignments_are_for_service_principals_and_have_stable_names(azure):
    assignments = azure.of("RoleAssignment")
    assert {each.inputs["principalType"] for each in assignments} == {"ServicePrincipal"}
    names = [each.inputs["roleAssignmentName"] for each in assignments]
    assert len(set(names)) == len(names)


def test_uploads_reach_the_queue_as_event_grid_s_identity(azure):
    subscription = azure.one("SystemTopicEventSubscription").inputs
    assert "destination" not in subscription
    delivery = subscription["deliveryWithResourceIdentity"]
    assert delivery["identity"] == {"type": "SystemAssigned"}
    assert delivery["destination"]["endpointType"] == "StorageQueue"
    assert delivery["destination"]["queueName"] == "uploads"
    assert delivery["destination"]["resourceId"].endswith("/twinlensphotos")


def test_what_is_not_delivered_is_kept(azure):
    subscription = azure.one("SystemTopicEventSubscription").inputs
    dead = subscription["deadLetterWithResourceIdentity"]
    assert dead["identity"] == {"type": "SystemAssigned"}
    assert dead["deadLetterDestination"]["blobContainerName"] == "undelivered"
    assert "uploads-poison" in {each.inputs["queueName"] for each in azure.of("Queue")}


def test_the_subscription_asks_for_new_photos_of_the_input_container_only(azure):
    asked = azure.one("SystemTopicEventSubscription").inputs["filter"]
    assert asked["includedEventTypes"] == ["Microsoft.Storage.BlobCreated"]
    assert asked["subjectBeginsWith"] == "/blobServices/default/containers/input/blobs/incoming/"
    (suffixes,) = asked["advancedFilters"]
    assert (suffixes["operatorType"], suffixes["key"]) == ("StringEndsWith", "subject")
    assert len(suffixes["values"]) <= 25  # Event Grid's limit


def test_unchanged_code_is_not_delivered_again(azure, archive):
    """Nothing in its delivery changes from one run to the next."""
    blob = azure.one("Blob").inputs
    assert (blob["blobName"], blob["source"].path) == (archive.name, str(archive))
    deployment = azure.one("Deployment").inputs["properties"]
    (resource,) = deployment["template"]["resources"]
    assert (resource["type"], resource["name"]) == (
        "Microsoft.Web/sites/extensions",
        "twinlens-app/onedeploy",
    )
    assert resource["properties"]["remoteBuild"] is False
    path = f"twinlenscode.blob.core.windows.net/packages/{archive.name}"
    given = {name: each["value"] for name, each in deployment["parameters"].items()}
    assert given.pop("account").endswith("/twinlenscode")
    assert given == {
        "address": f"https://{path}",
        "resource": f"/blob/twinlenscode/packages/{archive.name}",
    }


def test_what_needs_a_new_role_waits_until_it_is_in_effect(azure):
    patient = {each.type.split(":")[-1] for each in azure.resources if each.patient}
    assert patient == {"Deployment", "SystemTopicEventSubscription"}


def test_another_archive_is_another_delivery(azure, archive):
    assert azure.one("Deployment").name.endswith(archive.stem.rpartition("-")[2])


def test_the_archive_s_address_opens_it_alone_for_reading_and_for_an_hour(azure, monkeypatch):
    """The template signs it while it is deployed, as the stand-in's evaluation of it shows."""
    asked = []
    monkeypatch.setattr(
        functions,
        "list_storage_account_service_sas",
        lambda arguments: asked.append(arguments) or {"serviceSasToken": "signature"},
    )
    deployment = azure.one("Deployment").inputs["properties"]
    known = template.parameters(deployment["template"]["parameters"], deployment["parameters"])
    (resource,) = deployment["template"]["resources"]
    given = deployment["parameters"]
    address = template.value(resource["properties"]["packageUri"], known)
    assert address == f"{given['address']['value']}?signature"
    [signed] = asked
    assert (signed["resource"], signed["permissions"], signed["protocols"]) == ("b", "r", "https")
    assert signed["accountName"] == "twinlenscode"
    assert signed["canonicalizedResource"] == given["resource"]["value"]
    left = datetime.fromisoformat(signed["sharedAccessExpiryTime"]) - datetime.now(UTC)
    assert timedelta(minutes=50) < left <= timedelta(hours=1)


def test_logs_are_kept_as_long_as_was_asked(azure):
    assert azure.one("Workspace").inputs["retentionInDays"] == 30
    insights = azure.one("Component").inputs
    assert insights["disableLocalAuth"] is True


def test_the_alerts_tell_the_action_group_which_tells_the_e_mail_address(azure):
    (receiver,) = azure.one("ActionGroup").inputs["emailReceivers"]
    assert receiver["emailAddress"] == "ops@example.com"
    logs, metrics = azure.of("ScheduledQueryRule"), azure.of("MetricAlert")
    group = azure.one("ActionGroup").name
    assert {each.name for each in logs} == {"twinlens-failed", "twinlens-undelivered-poison", "twinlens-slow"}
    assert {each.name for each in metrics} == {
        "twinlens-undelivered",
        "twinlens-throttled-photos",
        "twinlens-throttled-state",
    }
    assert all(each.inputs["actions"]["actionGroups"][0].endswith(group) for each in logs)
    assert all(each.inputs["actions"][0]["actionGroupId"].endswith(group) for each in metrics)


def test_alerts_on_logs_look_into_the_workspace(azure):
    for rule in azure.of("ScheduledQueryRule"):
        assert rule.inputs["scopes"][0].endswith("/twinlens-logs")
        (condition,) = rule.inputs["criteria"]["allOf"]
        assert (condition["operator"], condition["threshold"]) == ("GreaterThan", 0)


def test_the_workbook_shows_what_the_app_reports(azure):
    workbook = azure.one("Workbook").inputs
    shown = json.loads(workbook["serializedData"])["items"]
    assert all(f'"{step.name}"' in json.dumps(shown).replace("\\", "") for step in PIPELINE.steps())
    assert uuid.UUID(workbook["resourceName"])


def test_an_existing_resource_group_is_used_and_left_alone(run):
    graph = run({"cloud": "azure", "resourceGroup": "team-photos", "keepData": True})
    assert not graph.of("ResourceGroup")
    groups = {
        each.inputs["resourceGroupName"] for each in graph.resources if "resourceGroupName" in each.inputs
    }
    assert groups == {"team-photos"}
    assert graph.outputs["region"] == "eastus2"


@pytest.fixture(scope="module")
def scheduled(run):
    return run({"cloud": "azure", "orchestrator": "scheduler"})


def test_a_scheduler_costs_by_use_and_its_hub_lets_in_the_app_alone(scheduled):
    assert scheduled.one("Scheduler").inputs["properties"] == {
        "ipAllowlist": ["0.0.0.0/0"],
        "sku": {"name": "Consumption"},
    }
    hub = scheduled.one("TaskHub")
    granted = [each.inputs for each in scheduled.of("RoleAssignment") if "scheduler" in each.name]
    assert [each["roleDefinitionId"] for each in granted] == [f"{ROLE}{Role.DURABLE_TASK_CONTRIBUTOR.value}"]
    assert granted[0]["scope"].endswith(f"/{hub.name}")
    assert granted[0]["principalId"] == "principal-twinlens-app"
    # What Durable keeps in queues and tables is in the hub instead; the host itself needs blobs alone.
    state = [
        each.inputs["roleDefinitionId"]
        for each in scheduled.of("RoleAssignment")
        if each.inputs["scope"].endswith("/twinlensstate")
    ]
    assert state == [ROLE + Role.BLOB_OWNER.value]


def test_the_app_finds_its_scheduler_as_its_identity(scheduled):
    given = settings(scheduled)
    assert given["DURABLE_TASK_SCHEDULER_CONNECTION_STRING"] == (
        "Endpoint=https://twinlens-scheduler.durabletask.io;Authentication=ManagedIdentity;"
        "ClientID=client-twinlens-app"
    )
    assert given["TASKHUB_NAME"] == scheduled.one("TaskHub").name


def test_history_is_kept_as_long_as_the_ledger_s_rows(azure, scheduled):
    policy = scheduled.one("RetentionPolicy").inputs
    assert policy["properties"] == {"retentionPolicies": [{"retentionPeriodInDays": LEDGER_RETENTION.days}]}
    assert policy["schedulerName"] == scheduled.one("Scheduler").name
    assert settings(azure)["TWINLENS_PURGE_SCHEDULE"] == "0 47 3 * * *"
    assert "TWINLENS_PURGE_SCHEDULE" not in settings(scheduled)


def test_the_two_host_files_differ_in_where_durable_keeps_its_state_alone():
    storage, scheduler = (json.loads(host_json(each, 3)) for each in ("storage", "scheduler"))
    durable = scheduler["extensions"]["durableTask"]
    assert (durable["maxConcurrentActivityFunctions"], durable["maxConcurrentOrchestratorFunctions"]) == (
        3,
        10,
    )
    assert durable.pop("hubName") == "%TASKHUB_NAME%"
    assert durable.pop("storageProvider") == {
        "type": "azureManaged",
        "connectionStringName": "DURABLE_TASK_SCHEDULER_CONNECTION_STRING",
    }
    for name in ("hubName", "storageProvider"):
        del storage["extensions"]["durableTask"][name]
    assert scheduler == storage


@pytest.mark.parametrize("minutes", [1, 15, 30])
def test_jobs_are_looked_for_as_often_as_asked_and_uploads_daily(run, minutes):
    given = settings(run({"cloud": "azure", "reconcileMinutes": minutes}))
    assert given[STUCK_SCHEDULE] == f"0 */{minutes} * * * *"
    assert given[UNCLAIMED_SCHEDULE] == "0 17 3 * * *"
    told = Reconciler.read(given)
    assert (told.prefix, ".heic" in told.suffixes, told.patience) == (
        "incoming/",
        True,
        timedelta(minutes=20),
    )


def test_nobody_looks_where_that_was_not_asked(run):
    given = settings(run({"cloud": "azure", "reconcileMinutes": 0}))
    assert STUCK_SCHEDULE not in given
    assert UNCLAIMED_SCHEDULE not in given


@pytest.mark.parametrize("level", ["information", "warning"])
def test_the_host_logs_what_was_asked_for_and_every_request(run, level):
    settings = run({"cloud": "azure", "logLevel": level}).one("WebApp").inputs["siteConfig"]["appSettings"]
    given = {each["name"]: each["value"] for each in settings}
    assert given["AzureFunctionsJobHost__logging__logLevel__default"] == level.capitalize()
    host = json.loads(host_json("storage", activities=1))
    assert host["logging"]["logLevel"]["Host.Results"] == "Information"  # the alerts query requests

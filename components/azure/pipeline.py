"""The whole pipeline on Azure: Blob, Event Grid, Queue, Functions with Durable, Table."""

from __future__ import annotations

import re
from datetime import timedelta

import pulumi
from pulumi_azure_native import resources, storage

from components import packaging, tags
from components.azure import reconciler, review
from components.azure.alerts import Alerts, log_alerts, metric_alerts
from components.azure.app_code import DEPLOYED, AppCode
from components.azure.app_identity import AppIdentity, connection
from components.azure.budget import Budget
from components.azure.cdn import Cdn
from components.azure.encryption import AccountEncryption
from components.azure.front_door import FrontDoor, http, pages, url
from components.azure.function_app import FunctionApp
from components.azure.instance import instance, over_quota
from components.azure.orchestration import SCHEDULER, TaskScheduler, host_json, purging
from components.azure.photo_store import PhotoStore
from components.azure.published_code import PublishedCode
from components.azure.roles import Role
from components.azure.storage import account, container
from components.azure.telemetry import Telemetry
from components.azure.trigger import Trigger
from components.azure.workbook import Workbook, counted
from components.settings import Settings
from core.deployment import variables
from core.deployment.limits import SUFFIXES
from core.deployment.names import (
    DECISIONS,
    INPUT,
    NOTIFY_REVIEW,
    OUTPUT,
    POISON,
    TOPICS,
    UNDELIVERED,
    UPLOADS,
)
from core.workflow.granularity import pipeline_in

# The host's own storage. Hosts that were given its service addresses alone sometimes could not reach it:
# https://github.com/Azure/azure-functions-host/issues/11787.
HOST_STORAGE = "AzureWebJobsStorage"


class AzurePipeline(pulumi.ComponentResource):
    """The pipeline on Azure; see :class:`components.pipeline.Pipeline` for its outputs."""

    def __init__(self, name: str, settings: Settings, opts: pulumi.ResourceOptions | None = None) -> None:
        workflow = pipeline_in(settings.granularity, settings.review_seconds)
        if warning := over_quota(settings):
            pulumi.log.warn(warning)
        each = instance(settings)
        host = host_json(settings.orchestrator, each.activities)
        parts = [packaging.FRONT_DOOR] if settings.front_door else []
        archive = packaging.build("azure", settings.architecture, texts={"host.json": host}, parts=parts)
        encryption = AccountEncryption(settings.kms_key) if settings.kms_key else None
        transformations = [tags.transformation(settings.tags)]
        if encryption:
            transformations.append(encryption.transformation)
        own = pulumi.ResourceOptions(transformations=transformations)
        super().__init__("twinlens:azure:Pipeline", name, None, pulumi.ResourceOptions.merge(opts, own))
        child = pulumi.ResourceOptions(parent=self)
        group = settings.resource_group or _own_group(name, self, keep=settings.keep_data)
        # An account's name has room for 24 characters, eight of which Pulumi adds.
        short = re.sub("[^a-z0-9]", "", name.lower())[:10]

        if encryption:
            encryption.create_identity(f"{name}-encryption", group, child)
        cdn = Cdn(f"{name}-cdn", settings, group, opts=child) if settings.cdn else None
        site = cdn.url if cdn else None
        origins = pages(settings, site)
        photos = PhotoStore(
            f"{name}-photos",
            f"{short}photos",
            group,
            keep=settings.keep_data,
            redundancy=settings.photo_redundancy,
            undelete_days=settings.soft_delete_days,
            reviews=settings.review_seconds > 0,
            page_origins=origins,
            opts=child,
        )
        door = (
            FrontDoor(f"{name}-door", group, settings, photos, site, opts=child)
            if settings.front_door
            else None
        )
        state = account(f"{short}state", group, child)
        code = account(f"{short}code", group, child, shared_keys=not settings.no_shared_keys)
        deployed = container(f"{name}-deployed", code, DEPLOYED, group, child)
        deliverer = AppIdentity(
            f"{name}-code", group, {"deployed": (Role.BLOB_CONTRIBUTOR, deployed.id)}, opts=child
        )
        undelivered = container(f"{name}-undelivered", state, UNDELIVERED, group, child)
        telemetry = Telemetry(name, group, settings.log_retention_days, opts=child)
        scheduler = (
            TaskScheduler(f"{name}-scheduler", group, opts=child)
            if settings.orchestrator == SCHEDULER
            else None
        )
        identity = AppIdentity(
            f"{name}-app",
            group,
            {
                "state-blobs": (Role.BLOB_OWNER, state.id),  # the host's locks and keys
                **({"scheduler": scheduler.grant} if scheduler else _durable_on(state)),
                "input": (Role.BLOB_READER, photos.containers[INPUT].id),
                "output": (Role.BLOB_CONTRIBUTOR, photos.containers[OUTPUT].id),
                "ledger": (Role.TABLE_CONTRIBUTOR, photos.ledger.id),
                "uploads": (Role.QUEUE_CONTRIBUTOR, photos.queues[UPLOADS].id),
                "poison": (Role.QUEUE_CONTRIBUTOR, photos.queues[POISON].id),
                **{
                    f"notify-{topic}": (Role.QUEUE_SENDER, photos.queues[queue].id)
                    for topic, queue in TOPICS.items()
                },
                **review.grants(settings, photos),
                **(door.grants if door else {}),
                "metrics": (Role.METRICS_PUBLISHER, telemetry.insights.id),
            },
            opts=child,
        )
        app = FunctionApp(
            f"{name}-app",
            group,
            identity,
            (code, deployed, deliverer),
            settings.memory_mb,
            settings.max_concurrency,
            {
                **connection(HOST_STORAGE, state, identity),
                variables.account_name(HOST_STORAGE): state.name,
                **connection(variables.CONNECTION, photos.account, identity),
                **(scheduler.app_settings(identity.client_id) if scheduler else {}),
                "APPLICATIONINSIGHTS_CONNECTION_STRING": telemetry.insights.connection_string,
                "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": pulumi.Output.concat(
                    "ClientId=", identity.client_id, ";Authorization=AAD"
                ),
                "AzureFunctionsJobHost__logging__logLevel__default": settings.log_level.capitalize(),
                "AzureFunctionsJobHost__functionTimeout": _duration(settings.timeout_seconds),
                variables.UPLOADS_QUEUE: photos.queues[UPLOADS].name,
                variables.LEDGER_TABLE: photos.ledger.name,
                variables.SUCCESS_QUEUE: photos.queues[TOPICS["success"]].name,
                variables.ERROR_QUEUE: photos.queues[TOPICS["error"]].name,
                variables.INPUT_CONTAINER: photos.containers[INPUT].name,
                variables.OUTPUT_CONTAINER: photos.containers[OUTPUT].name,
                variables.RECIPE: settings.recipe,
                variables.MAX_BYTES: str(settings.max_bytes),
                variables.MAX_PIXELS: str(settings.max_pixels),
                variables.MEMORY_MB: str(settings.memory_mb),
                variables.GRANULARITY: settings.granularity,
                **each.app_settings(settings.timeout_seconds),
                **reconciler.app_settings(settings),
                **review.app_settings(settings, photos),
                **(door.app_settings if door else {}),
                **purging(settings.orchestrator),
                **variables.chaos(settings.chaos),
            },
            http(settings, origins),
            opts=child,
        )
        if settings.no_shared_keys:
            PublishedCode(f"{name}-published", group, app.site, archive, opts=child)
        else:
            AppCode(f"{name}-code", code, group, app.name, archive, opts=child)
        if cdn:
            cdn.serve(code, photos, url(app))
            cdn.log_access(telemetry.workspace.id)
        trigger = Trigger(
            f"{name}-upload",
            group,
            photos,
            (state, undelivered),
            settings.input_prefix,
            SUFFIXES,
            opts=child,
        )
        Alerts(
            name,
            group,
            telemetry.workspace.id,
            log_alerts(slow_seconds=settings.timeout_seconds),
            metric_alerts(trigger.topic.id, {"photos": photos.account.id, "state": state.id}),
            settings.notify_email,
            opts=child,
        )
        if settings.monthly_budget:
            # The group's id, whether or not the group is the stack's own.
            scope = photos.account.id.apply(lambda known: known.partition("/providers/")[0])
            Budget(name, scope, settings.monthly_budget, settings.notify_email, opts=child)
        Workbook(
            name,
            group,
            telemetry.workspace.id,
            workflow,
            counted(trigger.topic.id, [photos.account.id, state.id]),
            opts=child,
        )

        self.region = photos.account.location
        self.input_container = photos.containers[INPUT].name
        self.output_container = photos.containers[OUTPUT].name
        self.store_endpoint = photos.account.primary_endpoints.blob
        self.ledger = photos.ledger.name
        self.ledger_endpoint = photos.account.primary_endpoints.table
        self.workflow = pulumi.Output.from_input(workflow.name)
        self.batch: pulumi.Output[str] | None = None
        self.success_topic = photos.queues[TOPICS["success"]].name
        self.error_topic = photos.queues[TOPICS["error"]].name
        asked, decided = (photos.queues.get(queue) for queue in (NOTIFY_REVIEW, DECISIONS))
        self.review_topic = asked.name if asked else None
        self.decisions = decided.name if decided else None
        self.api = url(app) if door else None
        self.site = site
        self.dns_records = cdn.dns_records if cdn else []
        self.queue_endpoint = photos.account.primary_endpoints.queue
        self.dead_letters = photos.queues[POISON].name
        self.set_aside: list[pulumi.Output[str]] = []
        self.undelivered = pulumi.Output.concat(state.primary_endpoints.blob, undelivered.name)
        self.metered = pulumi.Output.all(
            app=app.id,
            accounts=pulumi.Output.all(photos=photos.account.id, state=state.id),
            topic=trigger.topic.id,
            workspace=telemetry.workspace.id,
        )
        self.register_outputs({})


def _own_group(name: str, parent: pulumi.Resource, *, keep: bool) -> pulumi.Output[str]:
    """Create the stack's resource group and return its name."""
    opts = pulumi.ResourceOptions(parent=parent, retain_on_delete=keep)
    return resources.ResourceGroup(name, opts=opts).name


def _durable_on(state: storage.StorageAccount) -> dict[str, tuple[Role, pulumi.Input[str]]]:
    """Return the roles that Durable Functions needs for its queues and tables, which it names itself."""
    return {
        "state-queues": (Role.QUEUE_CONTRIBUTOR, state.id),
        "state-tables": (Role.TABLE_CONTRIBUTOR, state.id),
    }


def _duration(seconds: int) -> str:
    return f"{timedelta(seconds=seconds)!s:0>8}"

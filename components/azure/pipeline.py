"""The whole pipeline on Azure: Blob, Event Grid, Queue, Functions with Durable, Table."""

from __future__ import annotations

import re

import pulumi
from pulumi_azure_native import resources

from components import tags
from components.azure.alerts import Alerts, log_alerts, metric_alerts
from components.azure.budget import Budget
from components.azure.cdn import Cdn
from components.azure.encryption import AccountEncryption
from components.azure.front_door import FrontDoor, http, pages, url
from components.azure.instance import over_quota
from components.azure.photo_store import PhotoStore
from components.azure.processing import Data, create_app
from components.azure.storage import account, container
from components.azure.telemetry import Telemetry
from components.azure.trigger import Trigger
from components.azure.workbook import Workbook, counted
from components.settings import Settings
from core.deployment.limits import SUFFIXES
from core.deployment.names import DECISIONS, INPUT, NOTIFY_REVIEW, OUTPUT, POISON, TOPICS, UNDELIVERED
from core.workflow.granularity import pipeline_in
from core.workflow.model import Workflow


class AzurePipeline(pulumi.ComponentResource):
    """The pipeline on Azure; see :class:`components.pipeline.Pipeline` for its outputs."""

    def __init__(self, name: str, settings: Settings, opts: pulumi.ResourceOptions | None = None) -> None:
        workflow = pipeline_in(settings.granularity, settings.review_seconds)
        if warning := over_quota(settings):
            pulumi.log.warn(warning)
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
        undelivered = container(f"{name}-undelivered", state, UNDELIVERED, group, child)
        telemetry = Telemetry(name, group, settings.log_retention_days, opts=child)
        data = Data(photos, state, code)
        app = create_app(name, settings, group, data, telemetry, door, http(settings, origins), child)
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
        _observe(name, settings, group, data, workflow, telemetry, trigger, child)

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


def _observe(
    name: str,
    settings: Settings,
    group: pulumi.Input[str],
    data: Data,
    workflow: Workflow,
    telemetry: Telemetry,
    trigger: Trigger,
    opts: pulumi.ResourceOptions,
) -> None:
    """Create the alerts, the budget and the workbook."""
    photos, state = data.photos, data.state
    Alerts(
        name,
        group,
        telemetry.workspace.id,
        log_alerts(slow_seconds=settings.timeout_seconds),
        metric_alerts(trigger.topic.id, {"photos": photos.account.id, "state": state.id}),
        settings.notify_email,
        opts=opts,
    )
    if settings.monthly_budget:
        # The group's id, whether or not the group is the stack's own.
        scope = photos.account.id.apply(lambda known: known.partition("/providers/")[0])
        Budget(name, scope, settings.monthly_budget, settings.notify_email, opts=opts)
    Workbook(
        name,
        group,
        telemetry.workspace.id,
        workflow,
        counted(trigger.topic.id, [photos.account.id, state.id]),
        opts=opts,
    )

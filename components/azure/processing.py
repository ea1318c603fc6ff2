"""What processes photos: the function app with its code, its identity, and its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pulumi
from pulumi_azure_native import storage

from components import packaging
from components.azure import reconciler, review
from components.azure.app_code import DEPLOYED, AppCode
from components.azure.app_identity import AppIdentity, connection
from components.azure.front_door import FrontDoor
from components.azure.function_app import FunctionApp, Http
from components.azure.instance import instance
from components.azure.orchestration import SCHEDULER, TaskScheduler, host_json, purging
from components.azure.photo_store import PhotoStore
from components.azure.published_code import PublishedCode
from components.azure.roles import Grant, Role
from components.azure.storage import container
from components.azure.telemetry import Telemetry
from components.settings import Settings
from core.deployment import variables
from core.deployment.names import INPUT, OUTPUT, POISON, TOPICS, UPLOADS

# The host's own storage. Hosts that were given its service addresses alone sometimes could not reach it:
# https://github.com/Azure/azure-functions-host/issues/11787.
HOST_STORAGE = "AzureWebJobsStorage"
# The part of the app's time limit, that of a step, after which what works in parts begins nothing more.
RUNNING = 2 / 3


@dataclass(frozen=True)
class Data:
    """The accounts of a deployment: photos and ledger, the host's state, and the app's code."""

    photos: PhotoStore
    state: storage.StorageAccount
    code: storage.StorageAccount


def create_app(
    name: str,
    settings: Settings,
    group: pulumi.Input[str],
    data: Data,
    telemetry: Telemetry,
    door: FrontDoor | None,
    http: Http | None,
    opts: pulumi.ResourceOptions,
) -> FunctionApp:
    """Create the app that runs photos through the workflow, and deliver its code.

    Args:
        name: The logical name of the pipeline.
        settings: The deployment's settings.
        group: The name of the resource group.
        data: The accounts.
        telemetry: Where logs, traces and metrics go.
        door: The front door that the app serves.
        http: How the app serves requests.
        opts: The resource options.
    """
    on_one = instance(settings)
    host = host_json(settings.orchestrator, on_one.activities)
    parts = [packaging.FRONT_DOOR] if settings.front_door else []
    archive = packaging.build("azure", settings.architecture, texts={"host.json": host}, parts=parts)
    deployed = container(f"{name}-deployed", data.code, DEPLOYED, group, opts)
    deliverer = AppIdentity(
        f"{name}-code", group, {"deployed": (Role.BLOB_CONTRIBUTOR, deployed.id)}, opts=opts
    )
    scheduler = (
        TaskScheduler(f"{name}-scheduler", group, opts=opts) if settings.orchestrator == SCHEDULER else None
    )
    identity = AppIdentity(
        f"{name}-app",
        group,
        _grants(settings, data, telemetry, scheduler, door),
        opts=opts,
    )
    app = FunctionApp(
        f"{name}-app",
        group,
        identity,
        (data.code, deployed, deliverer),
        settings.memory_mb,
        settings.max_concurrency,
        {
            **_app_settings(settings, data, telemetry, identity),
            **(scheduler.app_settings(identity.client_id) if scheduler else {}),
            **on_one.app_settings(settings.timeout_seconds),
            **(door.app_settings if door else {}),
        },
        http,
        opts=opts,
    )
    if settings.no_shared_keys:
        PublishedCode(f"{name}-published", group, app.site, archive, opts=opts)
    else:
        AppCode(f"{name}-code", data.code, group, app.name, archive, opts=opts)
    return app


def _grants(
    settings: Settings,
    data: Data,
    telemetry: Telemetry,
    scheduler: TaskScheduler | None,
    door: FrontDoor | None,
) -> Mapping[str, Grant]:
    """Return the app's roles by logical name."""
    photos, state = data.photos, data.state
    # Durable Functions needs queues and tables, which it names itself.
    durable: Mapping[str, Grant] = {
        "state-queues": (Role.QUEUE_CONTRIBUTOR, state.id),
        "state-tables": (Role.TABLE_CONTRIBUTOR, state.id),
    }
    return {
        "state-blobs": (Role.BLOB_OWNER, state.id),  # the host's locks and keys
        **({"scheduler": scheduler.grant} if scheduler else durable),
        "input": (Role.BLOB_READER, photos.containers[INPUT].id),
        "output": (Role.BLOB_CONTRIBUTOR, photos.containers[OUTPUT].id),
        "ledger": (Role.TABLE_CONTRIBUTOR, photos.ledger.id),
        "uploads": (Role.QUEUE_CONTRIBUTOR, photos.queues[UPLOADS].id),
        "poison": (Role.QUEUE_CONTRIBUTOR, photos.queues[POISON].id),
        **{
            f"notify-{topic}": (Role.QUEUE_SENDER, photos.queues[queue].id) for topic, queue in TOPICS.items()
        },
        **review.grants(settings, photos),
        **(door.grants if door else {}),
        "metrics": (Role.METRICS_PUBLISHER, telemetry.insights.id),
    }


def _app_settings(
    settings: Settings, data: Data, telemetry: Telemetry, identity: AppIdentity
) -> Mapping[str, pulumi.Input[str]]:
    """Return the settings that the app has under every orchestrator, with and without a front door."""
    photos, state = data.photos, data.state
    return {
        **connection(HOST_STORAGE, state, identity),
        variables.account_name(HOST_STORAGE): state.name,
        **connection(variables.CONNECTION, photos.account, identity),
        "APPLICATIONINSIGHTS_CONNECTION_STRING": telemetry.insights.connection_string,
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": pulumi.Output.concat(
            "ClientId=", identity.client_id, ";Authorization=AAD"
        ),
        "AzureFunctionsJobHost__logging__logLevel__default": settings.log_level.capitalize(),
        "AzureFunctionsJobHost__functionTimeout": _duration(settings.timeout_seconds),
        variables.RUN_SECONDS: f"{settings.timeout_seconds * RUNNING:.1f}",
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
        **reconciler.app_settings(settings),
        **review.app_settings(settings, photos),
        **purging(settings.orchestrator),
        **variables.chaos(settings.chaos),
    }


def _duration(seconds: int) -> str:
    return f"{timedelta(seconds=seconds)!s:0>8}"

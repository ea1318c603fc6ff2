"""What the app needs to be a front door: a table of tickets, roles, settings, and HTTP functions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

import pulumi
from pulumi_azure_native import authorization, storage

from components.azure.function_app import FunctionApp, Http
from components.azure.photo_store import PhotoStore
from components.azure.roles import NAMESPACE, Grant, Role
from components.settings import Settings
from core.deployment import variables
from core.deployment.names import INPUT, TICKETS, functions_url
from core.workflow.granularity import pipeline_in

# Calls of an instance at once, each in a thread of its own.
CONCURRENCY = 16
# "Storage Blob Delegator". Not one of Role, which the guides' deployer may assign without a front door.
DELEGATOR = "db58b8e5-c6ad-4a2a-8342-4190687cbf4a"
ADD = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action"


class FrontDoor(pulumi.ComponentResource):
    """The table of tickets, and the role by which the app signs addresses that take an upload.

    An address permits no more than its signer may do, and no built-in role lets one create blobs and neither
    overwrite nor delete them: it is defined here, unless an owner did (``uploadRole``). ``site`` is where
    results are under their keys; without it, their addresses are signed.
    """

    grants: Mapping[str, Grant]
    app_settings: Mapping[str, pulumi.Input[str]]

    def __init__(
        self,
        name: str,
        group: pulumi.Input[str],
        settings: Settings,
        photos: PhotoStore,
        site: pulumi.Output[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:azure:FrontDoor", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        tickets = storage.Table(
            f"{name}-tickets",
            resource_group_name=group,
            account_name=photos.account.name,
            table_name=TICKETS,
            opts=child,
        )
        adder = (
            pulumi.Output.from_input(settings.upload_role)
            if settings.upload_role
            else _define_adder(f"{name}-adder", photos, child)
        )
        self.grants = {
            TICKETS: (Role.TABLE_CONTRIBUTOR, tickets.id),
            "add-uploads": (adder, photos.containers[INPUT].id),
            "sign": (pulumi.Output.from_input(DELEGATOR), photos.account.id),
        }
        sign_in = settings.sign_in
        self.app_settings = {
            variables.TICKETS_TABLE: tickets.name,
            variables.INPUT_PREFIX: settings.input_prefix,
            variables.STEPS: ",".join(each.name for each in pipeline_in(settings.granularity).steps()),
            **({variables.RESULTS_URL: site} if site is not None else {}),
            **({variables.SIGN_IN_ISSUER: sign_in.issuer} if sign_in else {}),
            **({variables.SIGN_IN_AUDIENCE: sign_in.audience} if sign_in else {}),
        }
        self.register_outputs({})


def _define_adder(name: str, photos: PhotoStore, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """Define the role that creates uploads, and return its id."""
    account = photos.account
    scope = account.id.apply(lambda known: known.partition("/providers/")[0])
    return authorization.RoleDefinition(
        name,
        role_definition_id=account.id.apply(lambda known: str(uuid.uuid5(NAMESPACE, f"{known} adder"))),
        role_name=account.name.apply(lambda known: f"Twinlens Upload Adder ({known})"),
        description="Create blobs, and neither read, overwrite nor delete them.",
        role_type="CustomRole",
        scope=scope,
        assignable_scopes=[scope],
        permissions=[{"actions": [], "data_actions": [ADD]}],
        opts=opts,
    ).name


def pages(settings: Settings, site: pulumi.Output[str] | None) -> tuple[pulumi.Input[str], ...]:
    """Return the origins of the pages that may use the front door, and send uploads."""
    given = [settings.page_origin] if settings.front_door and settings.page_origin else []
    return (*given, *([site] if site is not None else []))


def http(settings: Settings, origins: tuple[pulumi.Input[str], ...]) -> Http | None:
    """Return how the app serves requests, those of pages of ``origins``, or nothing without a front door."""
    return Http(CONCURRENCY, origins) if settings.front_door else None


def url(app: FunctionApp) -> pulumi.Output[str]:
    """Return the address of the API."""
    return app.host.apply(functions_url)

"""The account with the photos, the ledger, and the queues in and out."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import storage

from components.azure.storage import account, container
from core.deployment.limits import WORK_RETENTION_DAYS
from core.deployment.names import (
    DECISIONS,
    DECISIONS_POISON,
    INPUT,
    LEDGER,
    NOTIFY_REVIEW,
    OUTPUT,
    POISON,
    TOPICS,
    UPLOADS,
)
from core.job import WORK_PREFIX

REVIEW_QUEUES = (NOTIFY_REVIEW, DECISIONS, DECISIONS_POISON)
SHORT_LIVED = f"{OUTPUT}/{WORK_PREFIX}"


class PhotoStore(pulumi.ComponentResource):
    """Two containers, five queues and a table; renditions are deleted after a day.

    ``keep`` retains all of it when the stack is destroyed; its resource group must then be retained too.
    ``redundancy`` is that of the account, and for ``undelete_days`` what was deleted or overwritten can be
    restored. Pages of ``page_origins`` may send uploads to signed addresses.
    """

    account: storage.StorageAccount
    containers: dict[str, storage.BlobContainer]
    queues: dict[str, storage.Queue]
    ledger: storage.Table

    def __init__(
        self,
        name: str,
        account_name: str,
        resource_group: pulumi.Input[str],
        *,
        keep: bool,
        redundancy: str = "LRS",
        undelete_days: int = 0,
        reviews: bool = False,
        page_origins: Sequence[pulumi.Input[str]] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:azure:PhotoStore", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, retain_on_delete=keep)
        self.account = account(account_name, resource_group, child, redundancy=redundancy)
        if undelete_days or page_origins:
            retained: storage.DeleteRetentionPolicyArgsDict = {"enabled": True, "days": undelete_days}
            storage.BlobServiceProperties(
                f"{name}-undelete",
                resource_group_name=resource_group,
                account_name=self.account.name,
                blob_services_name="default",  # the only name that the platform accepts
                delete_retention_policy=retained if undelete_days else None,
                container_delete_retention_policy=retained if undelete_days else None,
                cors={"cors_rules": [_uploads_from(page_origins)]} if page_origins else None,
                opts=child,
            )
        self.containers = {
            each: container(f"{name}-{each}", self.account, each, resource_group, child)
            for each in (INPUT, OUTPUT)
        }
        self.queues = {
            each: storage.Queue(
                f"{name}-{each}",
                resource_group_name=resource_group,
                account_name=self.account.name,
                queue_name=each,
                opts=child,
            )
            for each in (UPLOADS, POISON, *TOPICS.values(), *(REVIEW_QUEUES if reviews else ()))
        }
        self.ledger = storage.Table(
            f"{name}-{LEDGER}",
            resource_group_name=resource_group,
            account_name=self.account.name,
            table_name=LEDGER,
            opts=child,
        )
        storage.ManagementPolicy(
            f"{name}-short-lived",
            resource_group_name=resource_group,
            account_name=self.account.name,
            management_policy_name="default",  # the only name that the platform accepts
            policy={
                "rules": [
                    {
                        "name": "short-lived",
                        "type": "Lifecycle",
                        "enabled": True,
                        "definition": {
                            "filters": {"blob_types": ["blockBlob"], "prefix_match": [SHORT_LIVED]},
                            "actions": {
                                "base_blob": {
                                    "delete": {"days_after_modification_greater_than": WORK_RETENTION_DAYS}
                                }
                            },
                        },
                    }
                ]
            },
            opts=child,
        )
        self.register_outputs({"account": self.account.name})


def _uploads_from(origins: Sequence[pulumi.Input[str]]) -> storage.CorsRuleArgsDict:
    return {
        "allowed_origins": list(origins),
        "allowed_methods": ["PUT"],
        "allowed_headers": ["content-type", "x-ms-blob-type"],
        "exposed_headers": [],
        "max_age_in_seconds": 3600,
    }

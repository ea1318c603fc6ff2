"""Storage accounts, closed to the public."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import storage


def account(
    name: str,
    resource_group: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
    *,
    shared_keys: bool = False,
    redundancy: str = "LRS",
) -> storage.StorageAccount:
    """Create an account that accepts only TLS 1.2 and identities; ``shared_keys`` allows its keys too.

    ``redundancy`` is LRS, ZRS, GRS or GZRS: how often and where the data is kept.

    The name plus eight characters must fit into 24 lower-case letters and digits.
    """
    return storage.StorageAccount(
        name,
        resource_group_name=resource_group,
        kind=storage.Kind.STORAGE_V2,
        sku={"name": storage.SkuName(f"Standard_{redundancy}")},
        minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
        enable_https_traffic_only=True,
        allow_blob_public_access=False,
        allow_cross_tenant_replication=False,
        allow_shared_key_access=shared_keys,
        default_to_o_auth_authentication=True,
        opts=opts,
    )


def container(
    name: str,
    of: storage.StorageAccount,
    container_name: str,
    resource_group: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> storage.BlobContainer:
    """Create a private container."""
    return storage.BlobContainer(
        name,
        resource_group_name=resource_group,
        account_name=of.name,
        container_name=container_name,
        public_access=storage.PublicAccess.NONE,
        opts=opts,
    )

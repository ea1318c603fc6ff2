"""The files of the page, as blobs."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_azure_native import storage

from web.files import CONFIG, config, content_type, files


def publish(
    name: str,
    group: pulumi.Input[str],
    site: storage.BlobContainer,
    account: storage.StorageAccount,
    api: pulumi.Output[str],
    opts: pulumi.ResourceOptions,
) -> None:
    """Write the page, which uses this API, into a container of an account that takes keys."""
    assets: Mapping[str, pulumi.Input[pulumi.Asset]] = {
        **{each: pulumi.FileAsset(str(path)) for each, path in files().items()},
        CONFIG: api.apply(lambda known: pulumi.StringAsset(config({"Azure": known}))),
    }
    for each, asset in assets.items():
        storage.Blob(
            f"{name}-{each}",
            resource_group_name=group,
            account_name=account.name,
            container_name=site.name,
            blob_name=each,
            type=storage.BlobType.BLOCK,
            content_type=content_type(each),
            source=asset,
            opts=opts,
        )

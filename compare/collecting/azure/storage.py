"""Storage transactions by billing category.

Source: Microsoft Learn, "Map each REST operation to a price", column Standard general purpose v2. Listing
is billed as writing, and all other operations as reading. Queue and table operations cost the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from compare.collecting.asking import Unreported, Window
from compare.collecting.azure.metrics import by_operation
from compare.collecting.azure.rest import Rest

SERVICES = ("blob", "queue", "table")
METERS = {
    "blob": ("azure.blob.write_operations", "azure.blob.read_operations"),
    "queue": ("azure.queue.operations",),
    "table": ("azure.table.operations",),
}
FREE = frozenset({"DeleteBlob", "DeleteContainer"})
WRITES = frozenset(
    {
        "AppendBlock", "AppendBlockThroughCopy", "CopyBlob", "CopyBlobFromURL", "PutBlob", "PutBlobFromURL",
        "PutBlock", "PutBlockFromURL", "PutBlockList", "SealBlob", "SetBlobTier", "UndeleteBlob",
        # List and create container
        "CreateContainer", "FindBlobsByTags", "ListBlobs", "ListContainers", "RestoreContainer",
    }
)  # fmt: skip


def transactions(
    arm: Rest, accounts: Mapping[str, str], service: str, window: Window
) -> dict[str, tuple[Decimal, str]]:
    """Return a service's billed operations by meter: the total, and a text with the number for each account.

    Raises:
        Unreported: It is too early, nothing was counted, or the metrics could not be read completely.
    """
    counted: dict[str, dict[str, Decimal]] = {meter: {} for meter in METERS[service]}
    for account, resource in accounts.items():
        for operation, number in by_operation(arm, f"{resource}/{service}Services/default", window).items():
            if meter := meter_of(service, operation):
                counted[meter][account] = counted[meter].get(account, Decimal(0)) + number
    if not any(number for by_account in counted.values() for number in by_account.values()):
        raise Unreported(
            f"No {service} transaction was counted for the time of the run, at least not yet.", again=True
        )
    return {meter: (sum(each.values(), Decimal(0)), _split(each)) for meter, each in counted.items()}


def meter_of(service: str, operation: str) -> str | None:
    """Return the meter that counts an operation; ``None`` if it is free."""
    first, *others = METERS[service]
    if operation in FREE:
        return None
    return others[0] if others and operation not in WRITES else first


def _split(by_account: Mapping[str, Decimal]) -> str:
    return ", ".join(f"{number:,.0f} in the account {account}" for account, number in by_account.items())

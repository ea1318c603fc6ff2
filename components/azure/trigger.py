"""The trigger: from an upload to a message on the app's queue, and a container for undelivered events."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import eventgrid, storage

from components.azure.patience import until_roles_work
from components.azure.photo_store import PhotoStore
from components.azure.roles import Role, grant
from core.deployment.limits import DELIVERY
from core.deployment.names import INPUT, UPLOADS

DELIVERY_ATTEMPTS = 30  # Event Grid's maximum and default


class Trigger(pulumi.ComponentResource):
    """Puts a message on the queue for every upload under ``prefix`` whose name ends in one of ``suffixes``.

    The destination is a queue rather than the function itself: it needs no running code when the subscription
    is created, and it keeps events while the app is down.
    """

    topic: eventgrid.SystemTopic

    def __init__(
        self,
        name: str,
        resource_group: pulumi.Input[str],
        photos: PhotoStore,
        undelivered: tuple[storage.StorageAccount, storage.BlobContainer],
        prefix: str,
        suffixes: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:azure:Trigger", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.topic = eventgrid.SystemTopic(
            f"{name}-topic",
            resource_group_name=resource_group,
            source=photos.account.id,
            topic_type="Microsoft.Storage.StorageAccounts",
            identity={"type": eventgrid.IdentityType.SYSTEM_ASSIGNED},
            opts=child,
        )
        principal = self.topic.identity.apply(lambda identity: str(identity and identity.principal_id))
        dead_account, dead_container = undelivered
        grants = [
            grant(f"{name}-send", Role.QUEUE_SENDER, photos.queues[UPLOADS].id, principal, child),
            grant(f"{name}-dead-letter", Role.BLOB_CONTRIBUTOR, dead_container.id, principal, child),
        ]
        itself = eventgrid.EventSubscriptionIdentityArgs(
            type=eventgrid.EventSubscriptionIdentityType.SYSTEM_ASSIGNED
        )
        eventgrid.SystemTopicEventSubscription(
            f"{name}-subscription",
            resource_group_name=resource_group,
            system_topic_name=self.topic.name,
            event_delivery_schema=eventgrid.EventDeliverySchema.EVENT_GRID_SCHEMA,
            delivery_with_resource_identity=eventgrid.DeliveryWithResourceIdentityArgs(
                identity=itself,
                destination=eventgrid.StorageQueueEventSubscriptionDestinationArgs(
                    endpoint_type="StorageQueue",
                    resource_id=photos.account.id,
                    queue_name=photos.queues[UPLOADS].name,
                ),
            ),
            dead_letter_with_resource_identity=eventgrid.DeadLetterWithResourceIdentityArgs(
                identity=itself,
                dead_letter_destination=eventgrid.StorageBlobDeadLetterDestinationArgs(
                    endpoint_type="StorageBlob",
                    resource_id=dead_account.id,
                    blob_container_name=dead_container.name,
                ),
            ),
            filter=eventgrid.EventSubscriptionFilterArgs(
                included_event_types=["Microsoft.Storage.BlobCreated"],
                # With the slash: without it, "input" would also match a container "input-archive".
                subject_begins_with=f"/blobServices/default/containers/{INPUT}/blobs/{prefix}",
                # As S3's prefix. It concerns the beginning only: suffixes match in any case.
                is_subject_case_sensitive=True,
                advanced_filters=[
                    eventgrid.StringEndsWithAdvancedFilterArgs(
                        operator_type="StringEndsWith", key="subject", values=list(suffixes)
                    )
                ],
            ),
            retry_policy=eventgrid.RetryPolicyArgs(
                event_time_to_live_in_minutes=int(DELIVERY.total_seconds() / 60),
                max_delivery_attempts=DELIVERY_ATTEMPTS,
            ),
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=grants, hooks=until_roles_work(f"{name}-subscription")
            ),
        )
        self.register_outputs({})

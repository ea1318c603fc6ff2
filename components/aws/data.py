"""What a deployment keeps: uploads, results, the ledger, and the topics for notifications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.aws.ledger import Ledger
from components.aws.notifications import Notifications
from components.aws.object_store import ObjectStore
from components.settings import Settings
from core.deployment import variables
from core.deployment.names import ARCHIVE
from core.job import OUTPUT_PREFIX, WORK_PREFIX
from core.workflow.model import Place


@dataclass(frozen=True)
class Data:
    """The stores and topics of a deployment."""

    uploads: ObjectStore
    results: ObjectStore
    ledger: Ledger
    topics: Notifications

    def places(self, settings: Settings) -> Mapping[Place, Sequence[pulumi.Output[str]]]:
        """Return the ARNs of the objects in each place of the workflow, with trailing wildcards."""
        # An empty prefix covers the archive, too.
        read = [settings.input_prefix, ARCHIVE] if settings.input_prefix else [""]
        return {
            "input": [pulumi.Output.concat(self.uploads.arn, f"/{each}*") for each in read],
            "work": [pulumi.Output.concat(self.results.arn, f"/{WORK_PREFIX}*")],
            "output": [pulumi.Output.concat(self.results.arn, f"/{OUTPUT_PREFIX}*")],
        }

    def of_steps(self, settings: Settings) -> Mapping[str, pulumi.Input[str]]:
        """Return the variables of every function that runs a step."""
        return {
            variables.INPUT_CONTAINER: self.uploads.name,
            variables.OUTPUT_CONTAINER: self.results.name,
            variables.RECIPE: settings.recipe,
            variables.MAX_BYTES: str(settings.max_bytes),
            variables.MAX_PIXELS: str(settings.max_pixels),
            **({variables.REVIEW: settings.review} if settings.review_seconds else {}),
            **variables.chaos(settings.chaos),
        }


def create_data(name: str, settings: Settings, opts: pulumi.ResourceOptions) -> Data:
    """Create the stores and topics of a deployment."""
    return Data(
        ObjectStore(
            f"{name}-input",
            keep=settings.keep_data,
            announce=True,
            undelete_days=settings.soft_delete_days,
            opts=opts,
        ),
        ObjectStore(
            f"{name}-output",
            keep=settings.keep_data,
            short_lived_prefix=WORK_PREFIX,
            read_later=settings.cdn,
            undelete_days=settings.soft_delete_days,
            opts=opts,
        ),
        Ledger(f"{name}-ledger", settings, opts=opts),
        Notifications(name, settings.notify_email, reviews=settings.review_seconds > 0, opts=opts),
    )

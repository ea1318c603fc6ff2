"""The pipeline on any cloud: the table of builders, and the outputs, which have the same names on all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import pulumi

from components.settings import Settings
from core.deployment.names import LOCAL_SUFFIX, LOCAL_VARIABLE


class Pipeline(Protocol):
    """A deployed pipeline: the names and addresses that its users and tools need."""

    region: pulumi.Output[str]
    input_container: pulumi.Output[str]
    output_container: pulumi.Output[str]
    store_endpoint: pulumi.Output[str]
    ledger: pulumi.Output[str]
    ledger_endpoint: pulumi.Output[str]
    workflow: pulumi.Output[str]
    batch: pulumi.Output[str] | None  # the workflow of batches, where it is not the same app's
    success_topic: pulumi.Output[str]
    error_topic: pulumi.Output[str]
    review_topic: pulumi.Output[str] | None  # of notifications to whoever decides about photos
    decisions: pulumi.Output[str] | None  # the queue of decisions, where executions are told by one
    api: pulumi.Output[str] | None  # the address of the front door's API
    site: pulumi.Output[str] | None  # the address of the page and of results
    dns_records: list[pulumi.Output[dict[str, str]]]  # to be made where the domain's records are
    queue_endpoint: pulumi.Output[str]
    dead_letters: pulumi.Output[str]
    undelivered: pulumi.Output[str]
    set_aside: list[pulumi.Output[str]]  # the addresses of queues for what is not an upload's event
    metered: pulumi.Output[Any]  # where the platform reports usage: see compare/collecting


def _aws(name: str, settings: Settings) -> Pipeline:
    from components.aws.pipeline import AwsPipeline

    return AwsPipeline(name, settings)


def _azure(name: str, settings: Settings) -> Pipeline:
    from components.azure.pipeline import AzurePipeline

    return AzurePipeline(name, settings)


# Each imports its SDK only when it is called.
PIPELINES: dict[str, Callable[[str, Settings], Pipeline]] = {"aws": _aws, "azure": _azure}


def refuse_emulators(stack: str, environment: Mapping[str, str]) -> None:
    """Refuse to plan a stack into the emulators that the shell points to, unless it is a local one.

    Raises:
        pulumi.RunError: The shell points to the emulators, and the stack is not local.
    """
    pointed = LOCAL_VARIABLE in environment and "AWS_ENDPOINT_URL" in environment
    if pointed and not stack.endswith(LOCAL_SUFFIX):
        raise pulumi.RunError(
            f"This shell points to the emulators, and {stack!r} is no local stack: those end with "
            f'{LOCAL_SUFFIX!r}. Run `eval "$(twinlens local env --unset)"` first, or use a new shell.'
        )


def build(name: str, settings: Settings) -> Pipeline:
    """Build the pipeline on the cloud that the settings name.

    Raises:
        pulumi.RunError: The cloud is not supported.
    """
    if settings.cloud not in PIPELINES:
        raise pulumi.RunError(
            f"There is no pipeline for the cloud {settings.cloud!r}; there are {', '.join(PIPELINES)}."
        )
    return PIPELINES[settings.cloud](name, settings)


def outputs(settings: Settings, pipeline: Pipeline) -> dict[str, Any]:
    """Return the stack's outputs by name."""
    return {
        "cloud": settings.cloud,
        "orchestrator": settings.orchestrator,
        "granularity": settings.granularity,
        "architecture": settings.architecture,
        "memoryMb": settings.memory_mb,
        "stepMemoryMb": {
            name: each.memory_mb
            for name, each in settings.steps.items()
            if each.memory_mb != settings.memory_mb
        },
        "logLevel": settings.log_level,
        "ownKey": bool(settings.kms_key),
        "photoRedundancy": settings.photo_redundancy,
        "softDeleteDays": settings.soft_delete_days,
        "recipe": settings.recipe,
        "review": settings.review,
        "reviewSeconds": settings.review_seconds,
        "chaos": settings.chaos,
        "inputPrefix": settings.input_prefix,
        "region": pipeline.region,
        "inputContainer": pipeline.input_container,
        "outputContainer": pipeline.output_container,
        "storeEndpoint": pipeline.store_endpoint,
        "ledger": pipeline.ledger,
        "ledgerEndpoint": pipeline.ledger_endpoint,
        "workflow": pipeline.workflow,
        "batch": pipeline.batch or "",
        "successTopic": pipeline.success_topic,
        "errorTopic": pipeline.error_topic,
        "reviewTopic": pipeline.review_topic or "",
        "decisionsQueue": pipeline.decisions or "",
        "apiUrl": pipeline.api or "",
        "siteUrl": pipeline.site or "",
        "waf": settings.waf,
        "dnsRecords": pulumi.Output.all(*pipeline.dns_records),
        "queueEndpoint": pipeline.queue_endpoint,
        "deadLetters": pipeline.dead_letters,
        "undelivered": pipeline.undelivered,
        "setAside": pulumi.Output.all(*pipeline.set_aside),
        "metered": pipeline.metered,
    }

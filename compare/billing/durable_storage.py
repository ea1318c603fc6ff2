"""Durable Functions on the Azure Storage provider: the transactions that the provider makes.

Source: the provider's own code (Azure/durabletask, DurableTask.AzureStorage, June 2026) and Microsoft Learn,
"Azure Storage provider". The counts are derived, not published by Microsoft; gets are an upper bound, and
payloads are assumed to be under 45 KB, since larger ones go through blobs.
"""

from __future__ import annotations

from decimal import Decimal

from compare.billing.reading import ONE, SECONDS_PER_HOUR, ZERO, MeterReading, plain, present
from compare.errors import UsageError

PARTITIONS = Decimal(4)
POLL_SECONDS = Decimal(30)
SCALE_POLL_SECONDS = Decimal(10)
PARTITION_MANAGER_SECONDS = Decimal(10)
LEASE_SECONDS = Decimal(25)


def episodes(activities: Decimal, parallel: Decimal = ONE) -> Decimal:
    """Return how often the orchestrator runs: at the start and after each result.

    The results of ``parallel`` activities started together are assumed to arrive in one batch, which takes
    one episode instead of one for each.
    """
    return activities + 1 - (max(ONE, parallel) - 1)


def queue_operations(activities: Decimal, timers: Decimal = ZERO) -> Decimal:
    """Return the queue operations of one orchestration: 6 N + 3, plus 3 per timer.

    The start is one put. An activity takes a put, a get, a put for its result and a delete. The orchestrator
    gets and deletes the start and every result. Running activities in parallel saves none of these. A timer
    is a message that is put at once, hidden until it is due, then got and deleted, whether awaited or not.
    """
    control_messages = activities + 1
    return 1 + 4 * activities + 2 * control_messages + 3 * timers


def table_operations(activities: Decimal, parallel: Decimal = ONE, timers: Decimal = ZERO) -> Decimal:
    """Return the table operations of one orchestration: 3 N + 6 when its activities run in sequence.

    The start reads and writes an instance row and the worker looks it up once more; each episode reads the
    history, appends to it and updates the instance row. Each of the ``timers`` that come due is an episode.
    """
    return 3 + 3 * (episodes(activities, parallel) + timers)


def orchestrations(
    *, orchestrations: Decimal, activities: Decimal, parallel: Decimal = ONE
) -> tuple[MeterReading, ...]:
    """Meter orchestrations of ``activities`` each, of which up to ``parallel`` are started together.

    Raises:
        UsageError: ``parallel`` is larger than ``activities``.
    """
    if parallel > max(ONE, activities):
        raise UsageError(f"parallel is {plain(parallel)}; there are only {plain(activities)} activities.")
    queue, table = queue_operations(activities), table_operations(activities, parallel)
    counted = f"{plain(orchestrations)} orchestrations"
    return present(
        MeterReading(
            "azure.queue.operations", orchestrations * queue, f"{counted} x {plain(queue)} operations"
        ),
        MeterReading(
            "azure.table.operations", orchestrations * table, f"{counted} x {plain(table)} operations"
        ),
    )


def idle(
    *,
    instance_hours: Decimal = ZERO,
    scale_controller_hours: Decimal = ZERO,
    poll_seconds: Decimal = POLL_SECONDS,
) -> tuple[MeterReading, ...]:
    """Meter an idle task hub.

    A live instance polls four control queues and the work-item queue, after a while every ``poll_seconds``
    (maxQueuePollingInterval in host.json, 30 s by default), maintains four
    partitions (a query and four updates every 10 s) and renews the app's lease every 25 s. The scale
    controller of the Consumption and Premium plans polls the five queues every 10 s, even without instances.
    Renewing a lease is one of the "other" operations, which cost as much as reads (Microsoft Learn, "Map each
    REST operation to a price").

    Raises:
        UsageError: ``poll_seconds`` is 0.
    """
    queues = PARTITIONS + 1
    if not poll_seconds:
        raise UsageError("poll_seconds is 0; it must be positive.")
    polls = queues * SECONDS_PER_HOUR / poll_seconds
    scale_polls = queues * SECONDS_PER_HOUR / SCALE_POLL_SECONDS
    partition = (1 + PARTITIONS) * SECONDS_PER_HOUR / PARTITION_MANAGER_SECONDS
    renewals = SECONDS_PER_HOUR / LEASE_SECONDS
    lived = f"{plain(instance_hours)} instance hours"
    scaled = f"{plain(scale_controller_hours)} h x {plain(scale_polls)} polls"
    return present(
        MeterReading(
            "azure.queue.operations",
            instance_hours * polls + scale_controller_hours * scale_polls,
            f"{lived} x {plain(polls)} polls + {scaled}",
        ),
        MeterReading(
            "azure.table.operations", instance_hours * partition, f"{lived} x {plain(partition)} operations"
        ),
        MeterReading(
            "azure.blob.read_operations",
            instance_hours * renewals,
            f"{lived} x {plain(renewals)} lease renewals",
        ),
    )

"""What a batch adds to the usage of its photos: states of the Map, lists, and pages of an orchestration.

Sources: AWS Step Functions pricing ("a state transition is counted each time a step is executed"); for Azure
the messages of a sub-orchestration, as :mod:`compare.billing.durable_storage` counts them.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from compare.billing import durable_scheduler, durable_storage
from compare.billing.dynamodb import table
from compare.billing.reading import MeterReading, plain, present, up_to_step
from compare.billing.s3 import storage
from compare.billing.step_functions import standard
from compare.metering.durable import SCHEDULER
from compare.metering.path import path
from compare.metering.stack import Stack
from core.batch.items import MAX_ITEMS, PAGE
from core.workflow.batch import batch_of
from core.workflow.model import Workflow

ORCHESTRATORS = {"aws": "standard"}  # of items, whatever that of the stack's uploads is
ROW_KB = Decimal(4)  # of a job that has ended: its document, above all
# An item's end reaches the parent as a message: put, got, deleted; and as an episode: the history is read and
# appended to, the instance's row is updated.
END_OPERATIONS = EPISODE_OPERATIONS = 3


def of_items(stack: Stack) -> Stack:
    """Return the stack as the items of batches run on it."""
    return replace(stack, orchestrator=ORCHESTRATORS.get(stack.cloud, stack.orchestrator))


def overhead(stack: Stack, workflow: Workflow, items: int) -> tuple[MeterReading, ...]:
    """Return what batches of so many photos use besides the photos, each batch as large as it may be."""
    if not items:
        return ()
    photos, batches = Decimal(items), up_to_step(Decimal(items), Decimal(MAX_ITEMS)) / MAX_ITEMS
    found = {"aws": _aws, "azure": _azure}[stack.cloud](stack, workflow, photos, batches)
    return tuple(MeterReading(each.meter, each.quantity, f"batch: {each.formula}") for each in found)


def _aws(stack: Stack, workflow: Workflow, photos: Decimal, batches: Decimal) -> tuple[MeterReading, ...]:
    states = Decimal(len(path(batch_of(workflow), "succeeded", frozenset()).states))
    return (
        *standard(executions=batches, transitions=states),
        *storage(puts=4 * batches, gets=2 * batches),  # the list, the summary and two files of results
        *table(reads=photos, read_kb=ROW_KB, consistency="strong"),
    )


def _azure(stack: Stack, workflow: Workflow, photos: Decimal, batches: Decimal) -> tuple[MeterReading, ...]:
    pages = up_to_step(photos, Decimal(PAGE)) / PAGE
    counted = f"{plain(photos)} sub-orchestrations, {plain(pages)} pages"
    executions = photos + 2 * pages  # the parent's episodes, and the activity that reads a page
    rows = MeterReading("azure.table.operations", photos, f"{plain(photos)} rows for the summary")
    if stack.orchestrator == SCHEDULER:
        actions = photos + pages * durable_scheduler.actions(Decimal(1), timers=Decimal(1))
        states = (rows, MeterReading("azure.durable.scheduler_actions", actions, counted))
    else:
        queues = END_OPERATIONS * photos + pages * durable_storage.queue_operations(Decimal(1), Decimal(1))
        tables = (1 + EPISODE_OPERATIONS) * photos + pages * durable_storage.table_operations(Decimal(1))
        states = (
            MeterReading("azure.queue.operations", queues, counted),
            MeterReading("azure.table.operations", tables, f"{counted}, and a row of each for the summary"),
        )
    return present(
        *states,
        MeterReading("azure.functions.flex.executions", executions, counted),
        MeterReading("azure.blob.read_operations", pages + batches, f"{plain(pages)} pages of the list"),
    )

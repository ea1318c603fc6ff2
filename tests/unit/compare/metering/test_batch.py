"""What a batch adds to its photos, counted by hand."""

import pytest

from compare.metering.batch import overhead
from compare.metering.stack import Stack
from core.workflow.granularity import pipeline_in

FUSED = pipeline_in("fused")


def added(cloud, orchestrator, items):
    stack = Stack(cloud, orchestrator, "fused", "x86_64", 2048, "anywhere")
    return {each.meter: each.quantity for each in overhead(stack, FUSED, items)}


def test_a_map_adds_its_own_five_states_and_a_row_for_each_photo():
    # claim, map, summary, record, notification
    assert added("aws", "standard", 10_000) == {
        "aws.stepfunctions.transitions": 5,
        "aws.s3.put_requests": 4,
        "aws.s3.get_requests": 2,
        "aws.dynamodb.read_units": 10_000,
    }
    assert added("aws", "standard", 10_001)["aws.stepfunctions.transitions"] == 10


def test_sub_orchestrations_and_pages_are_counted_on_both_stores():
    storage = added("azure", "storage", 100)
    # Two pages, each an orchestration of one activity and one timer: 12 queue and 9 table operations.
    assert storage["azure.queue.operations"] == 3 * 100 + 2 * 12
    assert storage["azure.table.operations"] == 4 * 100 + 2 * 9
    assert added("azure", "scheduler", 100)["azure.durable.scheduler_actions"] == 100 + 2 * 4


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_no_batch_adds_nothing(cloud):
    assert added(cloud, {"aws": "standard", "azure": "storage"}[cloud], 0) == {}

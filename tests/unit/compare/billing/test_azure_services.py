from decimal import Decimal

import pytest

from compare.billing import (
    azure_storage,
    container_apps,
    durable_scheduler,
    durable_storage,
    event_grid,
    log_analytics,
)


@pytest.mark.parametrize(
    ("activities", "parallel", "queue", "table"),
    [
        (3, 1, 21, 15),  # sequential: 6 N + 3 and 3 N + 6
        (1, 1, 9, 9),
        (0, 1, 3, 6),
        (3, 2, 21, 12),  # two of three side by side save one episode of three table operations
        (3, 3, 21, 9),
    ],
)
def test_durable_storage(activities: int, parallel: int, queue: int, table: int):
    assert durable_storage.queue_operations(Decimal(activities)) == queue
    assert durable_storage.table_operations(Decimal(activities), Decimal(parallel)) == table


def test_a_thousand_orchestrations(metered):
    assert metered(durable_storage.orchestrations, orchestrations=1000, activities=3) == {
        "azure.queue.operations": 21_000,
        "azure.table.operations": 15_000,
    }


def test_a_live_instance_polls_for_a_day(metered):
    assert metered(durable_storage.idle, instance_hours=24) == {
        "azure.queue.operations": 14_400,
        "azure.table.operations": 43_200,
        "azure.blob.read_operations": 3_456,
    }


def test_the_scale_controller_polls_without_an_instance(metered):
    assert metered(durable_storage.idle, scale_controller_hours=24) == {"azure.queue.operations": 43_200}


def test_scheduler_actions_of_microsofts_example(metered):
    # Durable Task Scheduler billing, example: an orchestration of three activities has seven actions
    assert durable_scheduler.actions(Decimal(3)) == 7
    assert metered(durable_scheduler.orchestrations, orchestrations=10, activities=3, timers=1, events=2) == {
        "azure.durable.scheduler_actions": 100
    }


@pytest.mark.parametrize(
    ("deliveries", "kb", "operations"), [(1, 1, 20), (2, 1, 30), (1, 65, 40), (0, 1, 10)]
)
def test_event_grid(metered, deliveries: int, kb: int, operations: int):
    assert metered(event_grid.topic, events=10, deliveries=deliveries, event_kb=kb) == {
        "azure.eventgrid.operations": operations
    }


def test_storage(metered):
    assert metered(azure_storage.blob, writes=1, reads=2, storage_gb_months=3) == {
        "azure.blob.write_operations": 1,
        "azure.blob.read_operations": 2,
        "azure.blob.storage_gb_months": 3,
    }
    assert metered(azure_storage.queue, messages=2, polls=1) == {"azure.queue.operations": 7}
    assert metered(azure_storage.table, operations=2, storage_gb_months=1) == {
        "azure.table.operations": 2,
        "azure.table.storage_gb_months": 1,
    }


def test_a_gigabyte_of_logs_is_a_billion_bytes(metered):
    assert log_analytics.log_gb(Decimal(10**6), Decimal(1000)) == 1
    assert metered(log_analytics.workspace, records=10**6, record_bytes=1000, gb=1) == {
        "azure.monitor.log_gb": 2
    }


def test_container_apps(metered):
    assert metered(container_apps.jobs, executions=10, duration_s="1.5", vcpu="0.5", memory_gib=1) == {
        "azure.containerapps.vcpu_seconds": 10,
        "azure.containerapps.gib_seconds": 20,
    }

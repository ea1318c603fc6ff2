from decimal import Decimal

import pytest

from compare.billing import functions_consumption, functions_flex, functions_premium


@pytest.mark.parametrize(
    ("active", "billed"), [("0", 1000), ("999", 1000), ("1000", 1000), ("1000.1", 1100), ("1101", 1200)]
)
def test_flex_bills_a_second_at_least_then_tenths(active: str, billed: int):
    assert functions_flex.billed_ms(Decimal(active)) == billed


def test_flex_bills_the_instance_and_not_its_use(metered):
    assert metered(functions_flex.on_demand, executions=1000, duration_ms=150, instance_mb=2048) == {
        "azure.functions.flex.executions": 1000,
        "azure.functions.flex.gb_seconds": 2000,
    }


def test_flex_executions_share_an_instance(metered):
    alone = metered(functions_flex.on_demand, executions=1000, duration_ms=2000, instance_mb=512)
    shared = metered(
        functions_flex.on_demand, executions=1000, duration_ms=2000, instance_mb=512, concurrency=4
    )
    assert alone["azure.functions.flex.gb_seconds"] == 1000
    assert shared["azure.functions.flex.gb_seconds"] == 250
    assert shared["azure.functions.flex.executions"] == 1000


def test_execution_units_are_megabytes_times_milliseconds():
    units = Decimal(2048 * 1500)
    assert functions_flex.active_gb_seconds(Decimal(1), Decimal(1500), Decimal(2048), Decimal(1)) == (
        units / 1_024_000
    )


def test_always_ready_bills_all_the_time(metered):
    quantities = metered(
        functions_flex.always_ready, instances=2, hours=1, instance_mb=512, executions=10, duration_ms=100
    )
    assert quantities == {
        "azure.functions.flex.always_ready_gb_seconds": 3600,
        "azure.functions.flex.always_ready_execution_gb_seconds": 5,
        "azure.functions.flex.always_ready_executions": 10,
    }


@pytest.mark.parametrize(
    ("duration", "memory", "expected"),
    [  # GB-s of a thousand executions; 160 MB are billed as 256 (Microsoft Learn, consumption costs)
        ("1000", "160", "250"),
        ("1000", "512", "500"),
        ("1", "1", "12.5"),
        ("100", "128", "12.5"),
        ("100.2", "128", "12.625"),
        ("1000", "1536", "1500"),
    ],
)
def test_consumption_rounds_time_and_memory(metered, duration: str, memory: str, expected: str):
    quantities = metered(
        functions_consumption.consumption, executions=1000, duration_ms=duration, memory_mb=memory
    )
    assert quantities == {
        "azure.functions.consumption.executions": 1000,
        "azure.functions.consumption.gb_seconds": Decimal(expected),
    }


def test_consumption_from_stated_gb_seconds(metered):
    assert metered(functions_consumption.consumption, executions=3, gb_seconds="1.5") == {
        "azure.functions.consumption.executions": 3,
        "azure.functions.consumption.gb_seconds": Decimal("1.5"),
    }


def test_premium_is_ep1_unless_stated(metered):
    assert metered(functions_premium.plan, hours=10) == {
        "azure.functions.premium.vcpu_hours": 10,
        "azure.functions.premium.gib_hours": 35,
    }
    assert metered(functions_premium.plan, hours=10, instances=2, vcpu=2, memory_gib=7) == {
        "azure.functions.premium.vcpu_hours": 40,
        "azure.functions.premium.gib_hours": 140,
    }

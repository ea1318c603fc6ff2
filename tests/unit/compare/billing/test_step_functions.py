from decimal import Decimal

import pytest

from compare.billing.step_functions import express, express_gb_seconds, express_memory_mb, standard


def test_memory_rule_of_the_pricing_page():
    # example 3: 50 KB definition, 400 map steps of 32 KB
    assert express_memory_mb(Decimal(50), Decimal(32), Decimal(400)) == Decimal("62.85")
    assert express_memory_mb(Decimal(50), Decimal(32), Decimal(0)) == Decimal("50.082")


@pytest.mark.parametrize(
    ("duration", "memory", "expected"),
    [
        ("100", "64", "0.00625"),
        ("100.1", "64", "0.0125"),
        ("100", "64.1", "0.0125"),
        ("1", "1", "0.00625"),
        ("0", "64", "0"),
    ],
)
def test_steps_of_100_ms_and_64_mb(duration: str, memory: str, expected: str):
    assert express_gb_seconds(Decimal(1), Decimal(duration), Decimal(memory)) == Decimal(expected)


def test_express_from_its_definition(metered):
    quantities = metered(
        express, executions=1000, duration_ms=150, definition_kb=20, payload_kb=100, parallel_steps=200
    )
    # 70.02 MB are billed as 128, 150 ms as 200
    assert quantities == {
        "aws.stepfunctions.express_requests": 1000,
        "aws.stepfunctions.express_gb_seconds": 25,
    }


def test_standard_counts_transitions_an_execution(metered):
    assert metered(standard, executions=1000, transitions="10.5") == {"aws.stepfunctions.transitions": 10_500}

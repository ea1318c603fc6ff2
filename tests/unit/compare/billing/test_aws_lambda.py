from decimal import Decimal

import pytest

from compare.billing import aws_lambda
from compare.billing.aws_lambda import (
    Provisioned,
    billed_ms,
    billed_requests,
    ephemeral_gb_seconds,
    gb_seconds,
    provisioned_seconds,
    snapstart_cache_seconds,
)


def number(text: str | int) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("duration", "init", "billed"),
    [("0", "0", 0), ("0.2", "0", 1), ("1", "0", 1), ("1.0001", "0", 2), ("20.1", "1099.2", 1120)],
)
def test_duration_is_rounded_up_to_a_millisecond_with_init(duration: str, init: str, billed: int):
    assert billed_ms(number(duration), number(init)) == billed


@pytest.mark.parametrize(
    ("event_kb", "requests"),
    [("0", 10), ("256", 10), ("256.1", 20), ("320", 20), ("321", 30), ("1024", 130)],
)
def test_large_events_count_as_more_requests(event_kb: str, requests: int):
    assert billed_requests(number(10), number(event_kb)) == requests


def test_a_gigabyte_is_1024_megabytes():
    assert gb_seconds(number(1), number(1024)) == 1
    assert gb_seconds(number(1), number(1000)) == number("0.9765625")


def test_ephemeral_storage_counts_wall_time_beyond_512_megabytes():
    assert ephemeral_gb_seconds(number(1_680_000), number(2048)) == 2_520_000  # pricing page, example 3
    assert ephemeral_gb_seconds(number(1_680_000), number(512)) == 0


@pytest.mark.parametrize(
    ("hours", "seconds"), [("0", 0), ("8", 28_800), ("0.0001", 300), ("0.0833", 300), ("0.0834", 600)]
)
def test_provisioned_time_is_rounded_up_to_five_minutes(hours: str, seconds: int):
    assert provisioned_seconds(number(hours)) == seconds


@pytest.mark.parametrize(("hours", "seconds"), [("0", 0), ("1", 10_800), ("3", 10_800), ("744", 2_678_400)])
def test_snapstart_caches_for_three_hours_at_least(hours: str, seconds: int):
    assert snapstart_cache_seconds(number(hours)) == seconds


def test_cold_starts_bill_their_init(metered):
    quantities = metered(
        aws_lambda.function,
        requests=1000,
        duration_ms="99.5",
        memory_mb=512,
        architecture="arm64",
        init_ms=400,
        cold_share="0.02",
    )
    # 980 x 100 ms + 20 x 500 ms (499.5 rounded up) = 108 s, half a GB
    assert quantities == {"aws.lambda.requests": 1000, "aws.lambda.gb_seconds.arm64": 54}


def test_memory_does_not_multiply_ephemeral_storage(metered):
    quantities = metered(
        aws_lambda.function, requests=1, duration_ms=1000, memory_mb=10_240, ephemeral_mb=1536
    )
    assert quantities["aws.lambda.ephemeral_gb_seconds"] == 1


def test_provisioned_concurrency_has_meters_of_its_own():
    quantities = {
        each.meter: each.quantity
        for each in aws_lambda.function(
            requests=number(0),
            duration_ms=number(0),
            memory_mb=number(1536),
            provisioned=Provisioned(number(100), number(8), number(500_000), number(100)),
        )
    }
    assert quantities == {
        "aws.lambda.provisioned_gb_seconds.x86_64": 4_320_000,
        "aws.lambda.provisioned_duration_gb_seconds.x86_64": 75_000,
        "aws.lambda.provisioned_requests": 500_000,
    }


def test_snapstart(metered):
    quantities = metered(aws_lambda.snapstart, memory_mb=512, hours=1, versions=2, restores=10)
    assert quantities == {
        "aws.lambda.snapstart_cache_gb_seconds": 10_800,
        "aws.lambda.snapstart_restore_gb": 5,
    }


def test_durable_operations_are_counted_an_execution(metered):
    quantities = metered(
        aws_lambda.durable, executions=1000, operations=4, written_gb="0.5", retained_gb_months=2
    )
    assert quantities == {
        "aws.lambda.durable_operations": 4000,
        "aws.lambda.durable_written_gb": number("0.5"),
        "aws.lambda.durable_retained_gb_months": 2,
    }


def test_a_line_says_how_it_was_counted():
    (requests, duration) = aws_lambda.function(
        requests=number(100),
        duration_ms=number(10),
        memory_mb=number(1024),
        init_ms=number(90),
        cold_share=number("0.1"),
    )
    assert requests.formula == "100 requests"
    assert duration.formula == "(90 x 10 ms + 10 cold x 100 ms) x 1,024 MB / 1,024"

from decimal import Decimal

import pytest

from compare.billing import (
    api_gateway,
    cloudwatch,
    dynamodb,
    eventbridge,
    fargate,
    s3,
    sns,
    sqs,
    transfer,
    xray,
)


@pytest.mark.parametrize(
    ("item_kb", "kind", "units"),
    [  # Amazon DynamoDB pricing page, key terms: 1 KB, 3 KB, 3 KB in a transaction
        ("1", "standard", 1),
        ("3", "standard", 3),
        ("3", "transactional", 6),
        ("1.001", "standard", 2),
        ("0", "standard", 1),
    ],
)
def test_write_units(item_kb: str, kind: dynamodb.WriteKind, units: int):
    assert dynamodb.write_units(Decimal(item_kb), kind) == units


@pytest.mark.parametrize(
    ("item_kb", "consistency", "units"),
    [  # Amazon DynamoDB pricing page, key terms: 8 KB
        ("8", "strong", "2"),
        ("8", "eventual", "1"),
        ("8", "transactional", "4"),
        ("4", "eventual", "0.5"),
        ("4.1", "eventual", "1"),
    ],
)
def test_read_units(item_kb: str, consistency: dynamodb.Consistency, units: str):
    assert dynamodb.read_units(Decimal(item_kb), consistency) == Decimal(units)


def test_table(metered):
    assert metered(dynamodb.table, writes=10, write_kb="2.5", reads=4, storage_gb_months=1) == {
        "aws.dynamodb.write_units": 30,
        "aws.dynamodb.read_units": 2,
        "aws.dynamodb.storage_gb_months": 1,
    }


def test_bucket(metered):
    assert metered(s3.storage, puts=2, gets=3, storage_gb_months="0.5") == {
        "aws.s3.put_requests": 2,
        "aws.s3.get_requests": 3,
        "aws.s3.storage_gb_months": Decimal("0.5"),
    }


@pytest.mark.parametrize(("event_kb", "chunks"), [("0", 1), ("64", 1), ("64.1", 2), ("256", 4)])
def test_chunks_of_64_kb(metered, event_kb: str, chunks: int):
    assert metered(eventbridge.events, events=10, event_kb=event_kb) == {
        "aws.eventbridge.events": 10 * chunks
    }
    assert metered(sqs.queue, requests=10, message_kb=event_kb) == {"aws.sqs.requests": 10 * chunks}
    assert metered(sns.topic, publishes=10, message_kb=event_kb, https=1, emails=1) == {
        "aws.sns.publishes": 10 * chunks,
        "aws.sns.deliveries.http": chunks,
        "aws.sns.deliveries.email": 1,
    }


def test_events_of_s3_have_a_meter_of_their_own(metered):
    assert metered(eventbridge.events, events=10, kind="s3") == {"aws.eventbridge.s3_events": 10}


def test_log_events_carry_26_bytes_more(metered):
    assert cloudwatch.log_gb(Decimal(1024**3), Decimal(74)) == 100
    assert metered(cloudwatch.logs, events=1024**3, event_bytes=74, gb=1, storage_gb_months=2) == {
        "aws.cloudwatch.log_gb": 101,
        "aws.cloudwatch.log_storage_gb_months": 2,
    }


@pytest.mark.parametrize(("rate", "share"), [("0.1", "1"), ("1", "1"), ("2", "0.525"), ("101", "6")])
def test_default_sampling(rate: str, share: str):
    expected = Decimal(share) / 101 if rate == "101" else Decimal(share)
    assert xray.default_share(Decimal(rate)) == expected


def test_stated_sampling(metered):
    assert metered(xray.tracing, requests=1_488_000, sampled_share="0.1") == {"aws.xray.traces": 148_800}


def test_http_api_counts_512_kb(metered):
    assert metered(api_gateway.http_api, requests=10, request_kb=513) == {"aws.apigateway.http_requests": 20}


@pytest.mark.parametrize(("seconds", "billed"), [("1", 60), ("60", 60), ("60.5", 61), ("3600", 3600)])
def test_tasks_run_a_minute_at_least(seconds: str, billed: int):
    assert fargate.billed_seconds(Decimal(seconds)) == billed


def test_tasks(metered):
    assert metered(fargate.tasks, tasks=10, duration_s=3600, vcpu="0.5", memory_gb=2) == {
        "aws.fargate.vcpu_hours": 5,
        "aws.fargate.gb_hours": 20,
    }


def test_transfer(metered):
    assert metered(transfer.internet, cloud="aws", gb=3) == {"aws.transfer.out_gb": 3}
    assert metered(transfer.internet, cloud="azure", gb=3) == {"azure.transfer.out_gb": 3}


def test_a_log_group_is_explained_by_what_was_stated():
    (counted,) = cloudwatch.logs(events=Decimal(1000), event_bytes=Decimal(474))
    assert (counted.quantity, counted.formula) == (
        Decimal(500_000) / cloudwatch.BYTES_PER_GB,
        "1,000 events x (474 + 26) bytes",
    )
    (known,) = cloudwatch.logs(gb=Decimal("1.5"))
    assert (known.quantity, known.formula) == (Decimal("1.5"), "1.5 GB ingested")

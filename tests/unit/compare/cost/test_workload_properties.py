"""What must hold of every kind of workload that a usage file can state, whatever its figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compare.cost.bill import Bill, price
from compare.cost.usage import parse
from compare.cost.workloads import WORKLOADS
from compare.errors import UsageError
from compare.prices.reading import load

BOOK = load()
Table = dict[str, Any]


def upto(most: int, least: int = 0) -> st.SearchStrategy[Decimal]:
    return st.decimals(least, most, places=2, allow_nan=False, allow_infinity=False)


COUNT, MS, KB, GB, SHARE = upto(10**9), upto(900_000), upto(900), upto(10**6), upto(1)
FLEX_MB = st.sampled_from([Decimal(512), Decimal(2048), Decimal(4096)])

# workload: what half of the usage has half of, and what stays as it is
KINDS: dict[str, tuple[Table, Table]] = {
    "lambda": (
        {"requests": COUNT},
        {
            "duration_ms": MS,
            "memory_mb": upto(10_240, 128),
            "architecture": st.sampled_from(["x86_64", "arm64"]),
            "ephemeral_mb": upto(10_240, 512),
            "init_ms": MS,
            "cold_share": SHARE,
            "event_kb": KB,
        },
    ),
    "lambda provisioned": (
        {},
        {
            "memory_mb": upto(10_240, 128),
            "provisioned": st.fixed_dictionaries(
                {"concurrency": upto(1000), "hours": upto(744), "requests": COUNT, "duration_ms": MS}
            ),
        },
    ),
    "lambda_snapstart": (
        {"hours": upto(744), "restores": COUNT},
        {"memory_mb": upto(10_240, 128), "versions": upto(10)},
    ),
    "lambda_durable": (
        {"executions": COUNT, "written_gb": GB, "retained_gb_months": GB},
        {"operations": upto(100)},
    ),
    "stepfunctions_standard": ({"executions": COUNT}, {"transitions": upto(100)}),
    "stepfunctions_express": ({"executions": COUNT}, {"duration_ms": MS, "memory_mb": upto(1024)}),
    "stepfunctions_express sized": (
        {"executions": COUNT},
        {
            "duration_ms": MS,
            "definition_kb": upto(1024),
            "payload_kb": upto(256),
            "parallel_steps": upto(1000),
        },
    ),
    "s3": ({"puts": COUNT, "gets": COUNT, "storage_gb_months": GB}, {}),
    "eventbridge": ({"events": COUNT}, {"event_kb": KB, "kind": st.sampled_from(["custom", "s3"])}),
    "dynamodb": (
        {"writes": COUNT, "reads": COUNT, "storage_gb_months": GB},
        {
            "write_kb": upto(400),
            "read_kb": upto(400),
            "write_kind": st.sampled_from(["standard", "transactional"]),
            "consistency": st.sampled_from(["eventual", "strong", "transactional"]),
        },
    ),
    "sns": ({"publishes": COUNT, "emails": COUNT, "https": COUNT}, {"message_kb": KB}),
    "sqs": ({"requests": COUNT}, {"message_kb": KB}),
    "cloudwatch_logs": (
        {"events": COUNT, "gb": GB, "storage_gb_months": GB},
        {"event_bytes": upto(256_000)},
    ),
    "cloudwatch_alarms": ({"metrics": upto(1000), "dashboards": upto(100)}, {}),
    "kms": ({"requests": COUNT}, {}),
    "xray": ({"requests": COUNT}, {"sampled_share": SHARE}),
    "xray by rule": ({"requests": COUNT}, {"requests_per_second": upto(1000)}),
    "api_gateway_http": ({"requests": COUNT}, {"request_kb": upto(10_000)}),
    "cloudfront": ({"requests": COUNT, "gb": GB}, {}),
    "waf": ({"requests": COUNT}, {"rules": upto(100), "hours": upto(730)}),
    "fargate": ({"tasks": COUNT}, {"duration_s": MS, "vcpu": upto(16), "memory_gb": upto(120)}),
    "functions_flex": (
        {"executions": COUNT},
        {"duration_ms": MS, "instance_mb": FLEX_MB, "concurrency": upto(1000, 1)},
    ),
    "functions_flex_always_ready": (
        {"hours": upto(744), "executions": COUNT},
        {
            "instances": upto(100),
            "instance_mb": FLEX_MB,
            "duration_ms": MS,
            "concurrency": upto(1000, 1),
        },
    ),
    "functions_consumption": ({"executions": COUNT}, {"duration_ms": MS, "memory_mb": upto(1536)}),
    "functions_consumption measured": ({"executions": COUNT, "gb_seconds": COUNT}, {}),
    "functions_premium": (
        {"hours": upto(744)},
        {"instances": upto(100, 1), "vcpu": upto(4), "memory_gib": upto(14)},
    ),
    "durable_storage": ({"orchestrations": COUNT}, {"activities": upto(100, 1), "parallel": SHARE}),
    "durable_storage_idle": (
        {"instance_hours": COUNT, "scale_controller_hours": upto(744)},
        {"poll_seconds": upto(60, 1)},
    ),
    "durable_scheduler": (
        {"orchestrations": COUNT},
        {"activities": upto(100), "timers": upto(100), "events": upto(100)},
    ),
    "event_grid": ({"events": COUNT}, {"deliveries": upto(10), "event_kb": KB}),
    "blob": ({"writes": COUNT, "reads": COUNT, "storage_gb_months": GB}, {}),
    "queue": ({"messages": COUNT, "polls": COUNT}, {}),
    "table": ({"operations": COUNT, "storage_gb_months": GB}, {}),
    "log_analytics": ({"records": COUNT, "gb": GB}, {"record_bytes": upto(256_000)}),
    "azure_alerts": ({"log_rules": upto(100), "time_series": upto(1000)}, {}),
    "azure_front_door": (
        {"requests": COUNT, "gb": GB, "origin_gb": GB},
        {"hours": upto(730), "tier": st.sampled_from(["standard", "premium"])},
    ),
    "container_apps": (
        {"executions": COUNT},
        {"duration_s": MS, "vcpu": upto(4), "memory_gib": upto(8)},
    ),
    "internet_transfer": ({"gb": GB}, {"cloud": st.sampled_from(["aws", "azure"])}),
}
# More of these means sharing, waiting or sampling more, and so a smaller bill.
SAVING = {"concurrency", "poll_seconds", "requests_per_second", "parallel"}
REGIONS = ([], ["eu-west-1", "westeurope"])


def bill(kind: str, table: Table, *, free_tier: bool, regions: list[str]) -> Bill:
    usage = parse({kind.partition(" ")[0]: [table]}, BOOK.meters)
    return price(usage, BOOK, regions, free_tier)


def numbers(table: Table) -> list[str]:
    return [key for key, value in table.items() if isinstance(value, Decimal) and key not in SAVING]


def ceiling(kind: str, key: str) -> Decimal:
    """The largest value that the key may have."""
    limits = {"cold_share": 1, "sampled_share": 1, "event_kb": 1024, "ephemeral_mb": 10_240}
    memory = 1536 if kind.startswith("functions_consumption") else 10_240
    return Decimal({**limits, "memory_mb": memory}.get(key, 10**12))


def test_every_kind_is_here():
    assert {kind.partition(" ")[0] for kind in KINDS} == set(WORKLOADS)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12)
@given(data=st.data())
def test_more_never_costs_less(kind: str, data: st.DataObject):
    halved, kept = KINDS[kind]
    table = data.draw(st.fixed_dictionaries(halved | kept))
    free_tier, regions = data.draw(st.booleans()), data.draw(st.sampled_from(REGIONS))
    inside = table.get("provisioned")
    key = data.draw(st.sampled_from(numbers(inside or table)))
    most = ceiling(kind, key)
    if key == "instance_mb":
        changed = table | {key: Decimal(4096)}
    elif inside:
        changed = table | {"provisioned": inside | {key: inside[key] + data.draw(upto(10**6))}}
    else:
        changed = table | {key: min(most, table[key] + data.draw(upto(10**6)))}
    more = bill(kind, changed, free_tier=free_tier, regions=regions)
    less = bill(kind, table, free_tier=free_tier, regions=regions)
    assert more.total >= less.total
    assert more.low >= less.low
    assert more.high >= less.high
    assert more.low <= more.total <= more.high


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12)
@given(data=st.data())
def test_two_halves_never_cost_less_than_the_whole(kind: str, data: st.DataObject):
    halved, kept = KINDS[kind]
    whole = data.draw(st.fixed_dictionaries(halved | kept))
    half = whole | {key: whole[key] / 2 for key in halved}
    if inside := whole.get("provisioned"):
        half["provisioned"] = inside | {key: inside[key] / 2 for key in ("hours", "requests")}
    regions = data.draw(st.sampled_from(REGIONS))
    one = bill(kind, half, free_tier=False, regions=regions)
    both = bill(kind, whole, free_tier=False, regions=regions)
    assert 2 * one.total >= both.total
    assert 2 * one.low >= both.low
    assert 2 * one.high >= both.high


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=10)
@given(data=st.data())
def test_any_figures_make_a_bill_or_a_sentence(kind: str, data: st.DataObject):
    """The largest numbers that may be written lead to a bill, or to an error for the user."""
    halved, kept = KINDS[kind]
    table = data.draw(st.fixed_dictionaries(halved | kept))
    for key in numbers(table):
        table[key] = data.draw(st.sampled_from([table[key], Decimal(0), Decimal(10) ** 18]))
    try:
        made = bill(kind, table, free_tier=data.draw(st.booleans()), regions=[])
    except UsageError:
        return
    assert made.total.is_finite()
    assert made.total >= 0

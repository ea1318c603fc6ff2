import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from compare.billing.reading import MeterReading
from compare.cost.usage import parse, read
from compare.cost.workloads import WORKLOADS
from compare.errors import UsageError
from compare.prices.reading import load


def parsed(text: str) -> tuple[MeterReading, ...]:
    return parse(tomllib.loads(text, parse_float=Decimal), load().meters)


def quantities(text: str) -> dict[str, Decimal]:
    return {each.meter: each.quantity for each in parsed(text)}


def test_meters_may_be_quoted_or_dotted():
    assert quantities(
        """
        [meters]
        aws.lambda.requests = 5
        "aws.sns.publishes" = 0.5
        azure.functions.flex.executions = 7
        """
    ) == {
        "aws.lambda.requests": Decimal(5),
        "aws.sns.publishes": Decimal("0.5"),
        "azure.functions.flex.executions": Decimal(7),
    }


def test_numbers_are_read_as_they_are_written():
    assert quantities("[meters]\naws.cloudwatch.log_gb = 0.1") == {"aws.cloudwatch.log_gb": Decimal("0.1")}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("typo = 1", "typo"),
        ("[meters]\naws.lambda.request = 1", "aws.lambda.request"),
        ("[meters]\naws.lambda.requests = -1", "aws.lambda.requests"),
        ("[meters]\naws.lambda.requests = nan", "aws.lambda.requests"),
        ("[meters]\naws.lambda.requests = inf", "aws.lambda.requests"),
        ("[meters]\naws.lambda.requests = -inf", "aws.lambda.requests"),
        ("[meters]\naws.lambda.requests = true", "aws.lambda.requests"),
        ('[meters]\naws.lambda.requests = "5"', "aws.lambda.requests"),
        ("[meters]\naws.lambda.requests = 1e400", "aws.lambda.requests"),
        ("[meters]\naws.lambda.requests = [1]", "aws.lambda.requests"),
        ("meters = 5", "meters"),
        ("[[meters]]\naws.lambda.requests = 5", "meters"),
        ("[lambda]\nrequests = 1", "[[lambda]]"),
        ("lambda = [1]", "lambda"),
        ("[[lambda]]\nrequests = 1\nduration_ms = 1", "memory_mb"),
        ("[[lambda]]\nrequests = 1\nduration_ms = 1\nmemory_mb = 128\nmemory = 1", "'memory'"),
        ("[[lambda]]\nrequests = 1\nduration_ms = -0.1\nmemory_mb = 128", "duration_ms"),
        ("[[lambda]]\nrequests = 1\nduration_ms = 1\nmemory_mb = 127", "memory_mb"),
        ("[[lambda]]\nrequests = 1\nduration_ms = 1\nmemory_mb = 128\ncold_share = 1.5", "cold_share"),
        ('[[lambda]]\nrequests = 1\nduration_ms = 1\nmemory_mb = 128\narchitecture = "arm"', "architecture"),
        ("[[lambda]]\nrequests = 1\nduration_ms = 1\nmemory_mb = 128\narchitecture = 1", "architecture"),
        ("[[lambda]]\nrequests = 1\nduration_ms = 1\nmemory_mb = 128\nprovisioned = 5", "provisioned"),
        (
            "[[lambda]]\nrequests = 1\nduration_ms = 1\nmemory_mb = 128\nprovisioned = { concurrency = 1 }",
            "hours",
        ),
        (
            "[[lambda]]\nrequests = 1\nduration_ms = 1\nmemory_mb = 128\n"
            "provisioned = { concurrency = 1, hours = nan }",
            "provisioned: hours",
        ),
        ("[[stepfunctions_express]]\nexecutions = 1\nduration_ms = 1", "memory_mb"),
        (
            "[[stepfunctions_express]]\nexecutions = 1\nduration_ms = 1\nmemory_mb = 1\ndefinition_kb = 1",
            "definition_kb",
        ),
        (
            "[[stepfunctions_express]]\nexecutions = 1\nduration_ms = 1\nmemory_mb = 1\npayload_kb = 1",
            "memory_mb",
        ),
        ("[[lambda]]\nrequests = 1\nmemory_mb = 128", "duration_ms"),
        ("[[lambda]]\nduration_ms = 1\nmemory_mb = 128", "requests"),
        ("[[lambda]]\nmemory_mb = 128", "requests"),
        ("[meters]\naws.lambda.requests = 1e-19", "aws.lambda.requests"),
        ("[meters]\naws.lambda.requests = 1_000_000_000_000_000_000_000_000_000_001", "aws.lambda.requests"),
        ("[meters]\naws.lambda.requests = 2026-01-05", "aws.lambda.requests"),
        ("[[functions_consumption]]\nexecutions = 1\nduration_ms = 1", "memory_mb"),
        ("[[functions_consumption]]\nexecutions = 1\ngb_seconds = 1\nmemory_mb = 1", "gb_seconds"),
        ("[[functions_consumption]]\nexecutions = 1\nduration_ms = 1\nmemory_mb = 2048", "memory_mb"),
        ("[[functions_flex]]\nexecutions = 1\nduration_ms = 1\ninstance_mb = 1024", "instance_mb"),
        (
            "[[functions_flex]]\nexecutions = 1\nduration_ms = 1\ninstance_mb = 512\nconcurrency = 0.5",
            "concurrency",
        ),
        ("[[functions_premium]]\nhours = 1\ninstances = 0", "instances"),
        ("[[durable_storage_idle]]\ninstance_hours = 1\npoll_seconds = 0", "poll_seconds"),
        ("[[durable_storage]]\norchestrations = 1\nactivities = 2\nparallel = 3", "parallel"),
    ],
)
def test_mistakes_are_refused_by_name(text: str, named: str):
    with pytest.raises(UsageError) as caught:
        parsed(text)
    assert named in str(caught.value)


def test_all_mistakes_are_reported_at_once_with_the_nearest_name():
    text = """
    lambada = 1
    [meters]
    aws.lambda.request = 1
    aws.sns.publishes = -1
    [[lambda]]
    requests = 1
    duration = 1
    memory_mb = "128"
    [[sqs]]
    requests = 1
    """
    with pytest.raises(UsageError) as caught:
        parsed(text)
    mistakes = str(caught.value).splitlines()
    assert [each.partition(";")[0] for each in mistakes] == [
        "Unknown key 'lambada' (did you mean 'lambda'?)",
        "[meters]: unknown meter 'aws.lambda.request' (did you mean 'aws.lambda.requests'?)",
        "[meters]: aws.sns.publishes is -1",
        "[[lambda]] number 1: unknown key 'duration' (did you mean 'duration_ms'?)",
        "[[lambda]] number 1: memory_mb is '128'",
    ]


def test_the_table_with_the_mistake_is_numbered():
    text = "[[sqs]]\nrequests = 1\n[[sqs]]\nrequest = 1"
    with pytest.raises(UsageError, match=r"\[\[sqs\]\] number 2: unknown key 'request'"):
        parsed(text)


def test_nothing_of_nothing_is_metered():
    assert parsed("[meters]\naws.lambda.requests = 0\n[[sqs]]\nrequests = 0") == ()


def test_an_unreadable_file_is_named(tmp_path: Path):
    with pytest.raises(UsageError, match=r"missing\.toml cannot be read"):
        read(tmp_path / "missing.toml", load().meters)
    (tmp_path / "half.toml").write_text("[[lambda]\n")
    with pytest.raises(UsageError, match=r"half\.toml is not valid TOML"):
        read(tmp_path / "half.toml", load().meters)
    (tmp_path / "huge.toml").write_text(f"[meters]\naws.lambda.requests = {'9' * 5000}")
    with pytest.raises(UsageError, match=r"huge\.toml is not valid TOML: Exceeds the limit"):
        read(tmp_path / "huge.toml", load().meters)
    (tmp_path / "deep.toml").write_text(f"a = {'[' * 100_000}")
    with pytest.raises(UsageError, match=r"deep\.toml is nested too deeply"):
        read(tmp_path / "deep.toml", load().meters)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"binary\.toml is not valid TOML"):
        read(tmp_path / "binary.toml", load().meters)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path):
    (tmp_path / "marked.toml").write_bytes(b"\xef\xbb\xbf[meters]\naws.lambda.requests = 5")
    [metered] = read(tmp_path / "marked.toml", load().meters)
    assert metered.quantity == 5


def test_every_workload_yields_meters_of_the_price_book():
    text = """
    [[lambda]]
    requests = 10
    duration_ms = 10
    memory_mb = 128
    architecture = "arm64"
    ephemeral_mb = 1024
    provisioned = { concurrency = 1, hours = 1, requests = 1, duration_ms = 1 }
    [[lambda_snapstart]]
    memory_mb = 128
    hours = 1
    restores = 1
    [[lambda_durable]]
    executions = 1
    operations = 1
    written_gb = 1
    retained_gb_months = 1
    [[stepfunctions_standard]]
    executions = 1
    transitions = 1
    [[stepfunctions_express]]
    executions = 1
    duration_ms = 1
    memory_mb = 1
    [[s3]]
    puts = 1
    gets = 1
    storage_gb_months = 1
    [[eventbridge]]
    events = 1
    [[eventbridge]]
    events = 1
    kind = "s3"
    [[dynamodb]]
    writes = 1
    reads = 1
    storage_gb_months = 1
    [[sns]]
    publishes = 1
    emails = 1
    https = 1
    [[sqs]]
    requests = 1
    [[cloudwatch_logs]]
    events = 1
    event_bytes = 100
    storage_gb_months = 1
    [[cloudwatch_alarms]]
    metrics = 1
    dashboards = 1
    [[xray]]
    requests = 1
    [[api_gateway_http]]
    requests = 1
    [[fargate]]
    tasks = 1
    duration_s = 1
    vcpu = 1
    memory_gb = 1
    [[functions_flex]]
    executions = 1
    duration_ms = 1
    instance_mb = 512
    [[functions_flex_always_ready]]
    instances = 1
    hours = 1
    instance_mb = 512
    executions = 1
    duration_ms = 1
    [[functions_consumption]]
    executions = 1
    gb_seconds = 1
    [[functions_premium]]
    hours = 1
    [[durable_storage]]
    orchestrations = 1
    activities = 1
    [[durable_storage_idle]]
    instance_hours = 1
    scale_controller_hours = 1
    [[durable_scheduler]]
    orchestrations = 1
    activities = 1
    [[event_grid]]
    events = 1
    [[blob]]
    writes = 1
    reads = 1
    storage_gb_months = 1
    [[blob]]
    redundancy = "zrs"
    writes = 1
    storage_gb_months = 1
    [[blob]]
    redundancy = "grs"
    writes = 1
    storage_gb_months = 1
    [[blob]]
    redundancy = "gzrs"
    writes = 1
    storage_gb_months = 1
    [[kms]]
    requests = 1
    [[queue]]
    messages = 1
    [[table]]
    operations = 1
    storage_gb_months = 1
    [[table]]
    key = "own"
    operations = 1
    [[log_analytics]]
    records = 1
    record_bytes = 100
    [[azure_alerts]]
    log_rules = 1
    time_series = 1
    [[cloudfront]]
    requests = 1
    gb = 1
    [[waf]]
    rules = 1
    requests = 1
    [[azure_front_door]]
    requests = 1
    gb = 1
    origin_gb = 1
    [[azure_front_door]]
    tier = "premium"
    requests = 1
    [[container_apps]]
    executions = 1
    duration_s = 1
    vcpu = 1
    memory_gib = 1
    [[internet_transfer]]
    cloud = "aws"
    gb = 1
    [[internet_transfer]]
    cloud = "azure"
    gb = 1
    """
    assert set(tomllib.loads(text)) == set(WORKLOADS)
    book = load()
    metered = {each.meter for each in parsed(text)}
    assert metered <= set(book.meters)
    # x86_64 has the same rules as arm64; all other meters can be reached.
    assert {name for name in set(book.meters) - metered if "x86_64" not in name} == set()

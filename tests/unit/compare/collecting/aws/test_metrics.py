"""CloudWatch's answers in the form of the API reference, GetMetricStatistics."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import boto3
import pytest
from botocore.stub import ANY, Stubber

from compare.collecting.asking import Unreported, Window
from compare.collecting.aws.metrics import Metric, express_gb_seconds, total

PUBLISHED = Metric("AWS/SNS", "NumberOfMessagesPublished", "TopicName", "success")
FAILED = replace(PUBLISHED, value="error")
START = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def cloudwatch():
    client = boto3.client(
        "cloudwatch",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    with Stubber(client) as stubber:
        yield client, stubber


def answer(*values, statistic="Sum", unit="Count"):
    points = [
        {"Timestamp": START + timedelta(minutes=number), statistic: value, "Unit": unit}
        for number, value in enumerate(values)
    ]
    return {"Label": "x", "Datapoints": points[::-1]}  # they come in no order


def asked(metric, statistic="Sum", period=60):
    return {
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Dimensions": [{"Name": metric.dimension, "Value": metric.value}],
        "StartTime": START,
        "EndTime": START + timedelta(minutes=3),
        "Period": period,
        "Statistics": [statistic],
    }


def test_sums_what_several_resources_counted(cloudwatch, window):
    client, stubber = cloudwatch
    stubber.add_response("get_metric_statistics", answer(3.0, 4.0), asked(PUBLISHED))
    stubber.add_response("get_metric_statistics", answer(), asked(FAILED))
    assert total(client, [PUBLISHED, FAILED], window) == 7


def test_no_value_at_all_is_unknown_and_not_zero(cloudwatch, window):
    client, stubber = cloudwatch
    for _ in range(2):
        stubber.add_response("get_metric_statistics", answer())
    with pytest.raises(Unreported, match="NumberOfMessagesPublished has no value") as error:
        total(client, [PUBLISHED, FAILED], window)
    assert error.value.again


def test_a_run_that_has_just_ended_is_not_asked_about(cloudwatch):
    now = datetime.now(UTC)
    with pytest.raises(Unreported, match="up to 5 minutes") as error:
        total(cloudwatch[0], [PUBLISHED], Window(now - timedelta(minutes=1), now))
    assert error.value.again


def test_a_run_of_days_is_asked_about_in_longer_steps(cloudwatch, window):
    client, stubber = cloudwatch
    expected = {**asked(PUBLISHED, period=180), "StartTime": ANY, "EndTime": ANY}
    stubber.add_response("get_metric_statistics", answer(1.0), expected)
    assert total(client, [PUBLISHED], replace(window, ended=window.began + timedelta(days=2, hours=1))) == 1


@pytest.mark.parametrize(
    ("code", "again", "says"),
    [("AccessDenied", False, "needs cloudwatch:GetMetricStatistics"), ("Throttling", True, "Throttling")],
)
def test_says_why_not(cloudwatch, window, code, again, says):
    client, stubber = cloudwatch
    stubber.add_client_error("get_metric_statistics", code)
    with pytest.raises(Unreported, match=says) as error:
        total(client, [PUBLISHED], window)
    assert error.value.again is again


def express(stubber, durations, memories, unit="Bytes", time_unit="Milliseconds"):
    stubber.add_response("get_metric_statistics", answer(*durations, unit=time_unit))
    stubber.add_response("get_metric_statistics", answer(*memories, statistic="Average", unit=unit))


@pytest.mark.parametrize(
    ("unit", "memory"), [("Bytes", 64.0 * 2**20), ("Megabytes", 64.0), ("Kilobytes", 65536.0)]
)
def test_express_is_billed_time_at_billed_memory(cloudwatch, window, unit, memory):
    client, stubber = cloudwatch
    express(stubber, (1600.0, 400.0), (memory, 2 * memory), unit)
    assert express_gb_seconds(client, "arn", window) == Decimal("1.6") / 16 + Decimal("0.4") / 8


@pytest.mark.parametrize(
    ("durations", "memories", "unit", "says"),
    [
        ((), (), "Bytes", "no billed time"),
        ((100.0, 100.0), (64.0,), "Megabytes", "different minutes"),
        ((100.0,), (64.0,), "Count", "memory in Count"),
    ],
)
def test_express_metrics_that_do_not_fit_are_not_multiplied(
    cloudwatch, window, durations, memories, unit, says
):
    client, stubber = cloudwatch
    express(stubber, durations, memories, unit)
    with pytest.raises(Unreported, match=says):
        express_gb_seconds(client, "arn", window)

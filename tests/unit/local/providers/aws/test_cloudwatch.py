import boto3
import pytest
from botocore.stub import Stubber

from local.providers.aws import cloudwatch
from local.providers.aws.cloudwatch import MetricAlarm


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch):
    """CloudWatch's client, which checks what it is asked against the service's own model, and asks nobody."""
    client = boto3.client(
        "cloudwatch", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    monkeypatch.setattr(cloudwatch, "client", lambda name: client)
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


def test_every_part_of_an_alarm_on_one_metric_is_put(service: Stubber) -> None:
    asked = {
        "ActionsEnabled": True,
        "AlarmActions": ["arn:a"],
        "AlarmDescription": "what happened",
        "AlarmName": "many",
        "ComparisonOperator": "GreaterThanThreshold",
        "DatapointsToAlarm": 2,
        "Dimensions": [{"Name": "QueueName", "Value": "q"}],
        "EvaluationPeriods": 3,
        "InsufficientDataActions": ["arn:i"],
        "MetricName": "NumberOfMessagesSent",
        "Namespace": "AWS/SQS",
        "OKActions": ["arn:o"],
        "Period": 60,
        "Statistic": "Sum",
        "Threshold": 5,
        "TreatMissingData": "notBreaching",
        "Unit": "Count",
    }
    service.add_response("put_metric_alarm", {}, asked)
    inputs = {name[0].lower() + name[1:]: value for name, value in asked.items()}
    for theirs, ours in {"alarmName": "name", "oKActions": "okActions"}.items():
        inputs[ours] = inputs.pop(theirs)
    inputs["dimensions"] = {"QueueName": "q"}
    assert MetricAlarm().put(inputs) == "many"


def test_a_percentile_and_a_band_are_put_under_their_own_names(service: Stubber) -> None:
    service.add_response(
        "put_metric_alarm",
        {},
        {
            "AlarmName": "slow",
            "ComparisonOperator": "GreaterThanUpperThreshold",
            "EvaluationPeriods": 1,
            "ExtendedStatistic": "p95",
            "ThresholdMetricId": "band",
        },
    )
    MetricAlarm().put(
        {
            "name": "slow",
            "comparisonOperator": "GreaterThanUpperThreshold",
            "evaluationPeriods": 1,
            "extendedStatistic": "p95",
            "thresholdMetricId": "band",
        }
    )

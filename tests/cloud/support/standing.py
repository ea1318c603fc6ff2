"""What of a stack's resources still stands on its cloud."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import boto3
import requests
from azure.identity import DefaultAzureCredential
from botocore.exceptions import ClientError

from local import state

ARM = "https://management.azure.com"
GROUP = "azure-native:resources:ResourceGroup"


def _boto(service: str) -> Any:
    return boto3.client(service)


# By type, how to look for it by its id: an answer that is not empty means that it stands.
AWS: dict[str, Callable[[str], Any]] = {
    "aws:s3/bucket:Bucket": lambda name: _boto("s3").head_bucket(Bucket=name),
    "aws:dynamodb/table:Table": lambda name: _boto("dynamodb").describe_table(TableName=name),
    "aws:lambda/function:Function": lambda name: _boto("lambda").get_function(FunctionName=name),
    "aws:sfn/stateMachine:StateMachine": lambda arn: (
        _boto("stepfunctions").describe_state_machine(stateMachineArn=arn)["status"] != "DELETING"
    ),
    "aws:sns/topic:Topic": lambda arn: _boto("sns").get_topic_attributes(TopicArn=arn),
    "aws:sqs/queue:Queue": lambda url: _boto("sqs").get_queue_attributes(QueueUrl=url),
    "aws:cloudwatch/eventRule:EventRule": lambda name: _boto("events").describe_rule(Name=name),
    "aws:iam/role:Role": lambda name: _boto("iam").get_role(RoleName=name),
    "aws:cloudwatch/logGroup:LogGroup": lambda name: _boto("logs").describe_log_groups(
        logGroupNamePrefix=name
    )["logGroups"],
    "aws:cloudwatch/metricAlarm:MetricAlarm": lambda name: _boto("cloudwatch").describe_alarms(
        AlarmNames=[name]
    )["MetricAlarms"],
    "aws:cloudwatch/dashboard:Dashboard": lambda name: _boto("cloudwatch").get_dashboard(DashboardName=name),
    "aws:scheduler/schedule:Schedule": lambda name: _boto("scheduler").get_schedule(
        Name=name.rpartition("/")[2]
    ),
}
GONE = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist", "404")


def on_aws(resources: Iterable[dict[str, Any]]) -> list[str]:
    """Return the ids of resources that still stand; parts of others go with these."""
    found = []
    for each in resources:
        look = AWS.get(each["type"])
        try:
            if look and look(each["id"]):
                found.append(each["id"])
        except ClientError as error:
            if not any(word in error.response["Error"]["Code"] for word in GONE):
                raise
    return found


def on_azure(resources: Iterable[dict[str, Any]]) -> list[str]:
    """Return the ids of resource groups that still stand: everything else is in one."""
    token = DefaultAzureCredential().get_token(f"{ARM}/.default").token
    found = []
    for group in (each["id"] for each in resources if each["type"] == GROUP):
        answer = requests.get(
            f"{ARM}{group}",
            params={"api-version": "2021-04-01"},
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )
        if answer.status_code != requests.codes.not_found:
            found.append(group)
    return found


def on_the_azure_emulators(resources: Iterable[dict[str, Any]]) -> list[str]:
    """Return the apps that still run; the emulators of storage have no accounts to look for."""
    azure = state.load().azure
    running = requests.get(f"{azure.control}/apps", headers=azure.authorization, timeout=60).json()["apps"]
    apps = {each["outputs"]["name"] for each in resources if each["type"].endswith(":WebApp")}
    return sorted(apps & {each["name"] for each in running})

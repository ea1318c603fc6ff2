"""The workloads that a usage file can state, each with its billing rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from compare.billing import (
    api_gateway,
    aws_lambda,
    azure_alerts,
    azure_front_door,
    azure_storage,
    cloudfront,
    cloudwatch,
    container_apps,
    durable_scheduler,
    durable_storage,
    dynamodb,
    event_grid,
    eventbridge,
    fargate,
    functions_consumption,
    functions_flex,
    functions_premium,
    kms,
    log_analytics,
    s3,
    sns,
    sqs,
    step_functions,
    transfer,
    waf,
    xray,
)
from compare.billing.reading import MeterReading

Rule = Callable[..., tuple[MeterReading, ...]]

WORKLOADS: Mapping[str, Rule] = {
    "lambda": aws_lambda.function,
    "lambda_snapstart": aws_lambda.snapstart,
    "lambda_durable": aws_lambda.durable,
    "stepfunctions_standard": step_functions.standard,
    "stepfunctions_express": step_functions.express,
    "s3": s3.storage,
    "eventbridge": eventbridge.events,
    "dynamodb": dynamodb.table,
    "sns": sns.topic,
    "sqs": sqs.queue,
    "cloudwatch_logs": cloudwatch.logs,
    "cloudwatch_alarms": cloudwatch.alarms,
    "xray": xray.tracing,
    "kms": kms.requests,
    "api_gateway_http": api_gateway.http_api,
    "cloudfront": cloudfront.distribution,
    "waf": waf.web_acl,
    "fargate": fargate.tasks,
    "functions_flex": functions_flex.on_demand,
    "functions_flex_always_ready": functions_flex.always_ready,
    "functions_consumption": functions_consumption.consumption,
    "functions_premium": functions_premium.plan,
    "durable_storage": durable_storage.orchestrations,
    "durable_storage_idle": durable_storage.idle,
    "durable_scheduler": durable_scheduler.orchestrations,
    "event_grid": event_grid.topic,
    "blob": azure_storage.blob,
    "queue": azure_storage.queue,
    "table": azure_storage.table,
    "log_analytics": log_analytics.workspace,
    "azure_alerts": azure_alerts.alerts,
    "azure_front_door": azure_front_door.profile,
    "container_apps": container_apps.jobs,
    "internet_transfer": transfer.internet,
}

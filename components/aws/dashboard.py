"""The dashboard, and saved queries for the logs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws.alarms import Executions

WIDTH, HEIGHT = 12, 6  # of one graph; a dashboard is 24 wide

QUERIES = {
    "errors": "fields @timestamp, @log, @message | filter level = 'ERROR' | sort @timestamp desc | limit 100",
    "slowest-calls": "filter type = 'platform.report'"
    " | stats count() as calls, avg(record.metrics.durationMs) as average,"
    " pct(record.metrics.durationMs, 95) as p95 by @log | sort p95 desc",
    "cold-starts": "filter type = 'platform.report' and ispresent(record.metrics.initDurationMs)"
    " | stats count() as cold, avg(record.metrics.initDurationMs) as average by @log",
    "memory": "filter type = 'platform.report'"
    " | stats max(record.metrics.maxMemoryUsedMB) as used, max(record.metrics.memorySizeMB) as given by @log",
}

# Over the state machines' logs: the only record of an express execution, and why a standard one failed.
EXECUTIONS = {
    "failed-executions": "filter type in ['ExecutionFailed', 'ExecutionTimedOut', 'ExecutionAborted']"
    " | fields @timestamp, execution_arn, type, details.error, details.cause"
    " | sort @timestamp desc | limit 100",
    "failed-states": "filter type in ['TaskFailed', 'TaskTimedOut']"
    " | stats count() as times by details.resourceType, details.error | sort times desc",
}


class Dashboard(pulumi.ComponentResource):
    """A CloudWatch dashboard of the pipeline, and saved queries over its logs.

    Neither dashboards nor queries get a generated name: ``own`` is an ARN whose last part is the pipeline's
    unique name. ``started`` are the executions that uploads start.
    """

    def __init__(
        self,
        name: str,
        own: pulumi.Input[str],
        started: Executions,
        functions: Mapping[str, pulumi.Input[str]],
        dead_letters: Mapping[str, pulumi.Input[str]],
        function_logs: Sequence[pulumi.Input[str]],
        machine_logs: Sequence[pulumi.Input[str]],
        region: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:aws:Dashboard", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        known = pulumi.Output.all(
            executions=pulumi.Output.from_input(started.value).apply(
                lambda value: replace(started, value=value)
            ),
            functions=dict(functions),
            dead_letters=dict(dead_letters),
            region=region,
        )
        unique = pulumi.Output.from_input(own).apply(lambda arn: arn.split(":")[-1])
        aws.cloudwatch.Dashboard(
            name,
            dashboard_name=unique,
            dashboard_body=known.apply(lambda values: json.dumps({"widgets": widgets(**values)})),
            opts=child,
        )
        asked = [(*each, function_logs) for each in QUERIES.items()]
        asked += [(*each, machine_logs) for each in EXECUTIONS.items()]
        for title, query, logs in asked:
            aws.cloudwatch.QueryDefinition(
                f"{name}-{title}",
                name=pulumi.Output.concat(unique, "/", title),
                query_string=query,
                log_group_names=list(logs),
                opts=child,
            )
        self.register_outputs({})


def widgets(
    executions: Executions, functions: dict[str, str], dead_letters: dict[str, str], region: str
) -> list[dict[str, Any]]:
    """Return the dashboard's graphs, two a row."""
    of = [executions.dimension, executions.value]
    ends = [
        [executions.namespace, f"{executions.prefix}{end}", *of]
        for end in ("Started", "Succeeded", "Failed", "TimedOut", executions.stopped)
    ]
    time = [executions.namespace, executions.time, *of]
    graphs = [
        ("Jobs", "Sum", ends),
        ("Time from start to end (ms)", "p50", [[*time, {"stat": stat}] for stat in ("p50", "p95", "p99")]),
        ("Time of each step, p95 (ms)", "p95", _of_functions("Duration", functions)),
        ("Running at the same time", "Maximum", _of_functions("ConcurrentExecutions", functions)),
        ("Errors of the steps", "Sum", _of_functions("Errors", functions)),
        ("Throttled calls", "Sum", _of_functions("Throttles", functions)),
        (
            "Undelivered events",
            "Maximum",
            [
                ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue, {"label": label}]
                for label, queue in dead_letters.items()
            ],
        ),
    ]
    return [
        {
            "type": "metric",
            "x": number % 2 * WIDTH,
            "y": number // 2 * HEIGHT,
            "width": WIDTH,
            "height": HEIGHT,
            "properties": {"title": title, "region": region, "stat": stat, "period": 300, "metrics": metrics},
        }
        for number, (title, stat, metrics) in enumerate(graphs)
    ]


def _of_functions(metric: str, functions: Mapping[str, str]) -> list[list[Any]]:
    return [
        ["AWS/Lambda", metric, "FunctionName", function, {"label": step}]
        for step, function in functions.items()
    ]

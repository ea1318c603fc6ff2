"""The alarms, and their permission to publish to the error topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

PERIOD_SECONDS = 300
# A queue each: a message that nobody takes out must not hide another queue's.
QUEUES = {
    "undelivered": "Uploads' events could not be delivered and wait in a queue.",
    "untold": "Notices of lost executions could not be sent and wait in a queue.",
    "untold-durable": "Notices of lost durable executions could not be sent and wait in a queue.",
    "unreconciled": "Runs of the reconciler failed; what they were asked for waits in a queue.",
}


@dataclass(frozen=True)
class Metric:
    """One CloudWatch metric of one resource."""

    namespace: str
    name: str
    statistic: str
    dimensions: Mapping[str, pulumi.Input[str]]


@dataclass(frozen=True)
class Executions:
    """The executions of a state machine or of a durable function, as CloudWatch names them."""

    namespace: str
    prefix: str
    time: str
    dimension: str
    value: pulumi.Input[str]
    stopped: str

    def metric(self, name: str, statistic: str = "Sum") -> Metric:
        """Return one of their metrics."""
        return Metric(self.namespace, name, statistic, {self.dimension: self.value})

    def ended(self, end: str) -> Metric:
        """Return the metric of those that ended this way: "Failed", "TimedOut"."""
        return self.metric(f"{self.prefix}{end}")


def of_machine(arn: pulumi.Input[str]) -> Executions:
    """Return the executions of a state machine: the Step Functions guide, "Monitoring metrics"."""
    return Executions("AWS/States", "Executions", "ExecutionTime", "StateMachineArn", arn, "Aborted")


def of_durable_function(name: pulumi.Input[str]) -> Executions:
    """Return the executions of a durable function: the Lambda guide, "Monitoring durable functions"."""
    return Executions(
        "AWS/Lambda", "DurableExecution", "DurableExecutionDuration", "FunctionName", name, "Stopped"
    )


@dataclass(frozen=True)
class Alarm:
    """Goes off when the sum of the metrics is above ``threshold`` in one period."""

    name: str
    description: str
    metrics: tuple[Metric, ...]
    threshold: float = 0


def alarms(
    started: Executions,
    at_work: Sequence[Executions],
    functions: Sequence[pulumi.Input[str]],
    queues: Mapping[str, pulumi.Input[str]],
    slow_seconds: int | None,
) -> tuple[Alarm, ...]:
    """Return the pipeline's alarms: docs/operations.md says what to do about each.

    Uploads start the executions ``started``; jobs fail in those ``at_work``, since an express machine hands
    jobs over to the standard one. ``queues`` has the queue of each alarm of :data:`QUEUES`. Where executions
    wait for people, no time is too long: ``slow_seconds`` is ``None``.
    """
    return (
        Alarm(
            "failed",
            "Jobs failed for reasons other than their photos.",
            tuple(each.ended(end) for each in at_work for end in ("Failed", "TimedOut")),
        ),
        *(
            Alarm(
                name,
                QUEUES[name],
                (Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", {"QueueName": queue}),),
            )
            for name, queue in queues.items()
        ),
        Alarm(
            "throttled",
            "Calls were throttled: the account or a function has too little concurrency.",
            tuple(Metric("AWS/Lambda", "Throttles", "Sum", {"FunctionName": each}) for each in functions),
        ),
        *(
            [
                Alarm(
                    "slow",
                    f"One job in twenty takes longer than {slow_seconds} seconds.",
                    (started.metric(started.time, "p95"),),
                    threshold=slow_seconds * 1000,
                )
            ]
            if slow_seconds
            else []
        ),
    )


class Alarms(pulumi.ComponentResource):
    """The alarms; each notifies ``topic`` when it goes off and when it recovers."""

    arns: list[pulumi.Output[str]]

    def __init__(
        self,
        name: str,
        wanted: Sequence[Alarm],
        topic: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:aws:Alarms", name, None, opts)
        self.arns = [
            aws.cloudwatch.MetricAlarm(
                f"{name}-{alarm.name}",
                alarm_description=alarm.description,
                metric_queries=_queries(alarm.metrics),
                comparison_operator="GreaterThanThreshold",
                threshold=alarm.threshold,
                evaluation_periods=1,
                treat_missing_data="notBreaching",
                alarm_actions=[topic],
                ok_actions=[topic],
                opts=pulumi.ResourceOptions(parent=self),
            ).arn
            for alarm in wanted
        ]
        self.register_outputs({"arns": self.arns})


def _queries(metrics: Sequence[Metric]) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict]:
    queries: list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict] = [
        {
            "id": f"m{number}",
            "metric": {
                "namespace": metric.namespace,
                "metric_name": metric.name,
                "stat": metric.statistic,
                "period": PERIOD_SECONDS,
                "dimensions": dict(metric.dimensions),
            },
        }
        for number, metric in enumerate(metrics)
    ]
    # FILL: a metric without a value in this period counts as 0, not as an unknown sum.
    total = " + ".join(f"FILL({query['id']}, 0)" for query in queries)
    return [*queries, {"id": "total", "expression": total, "label": "total", "return_data": True}]

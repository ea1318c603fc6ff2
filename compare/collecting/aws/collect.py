"""Collect the usage that AWS reports for one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from compare.billing import cloudwatch
from compare.collecting.asking import Account, Unreported
from compare.collecting.aws.calls import Client
from compare.collecting.aws.histories import History, histories
from compare.collecting.aws.metrics import Metric, express_gb_seconds, total
from compare.collecting.aws.reports import Report, billed_gb_seconds, figures, reports
from compare.collecting.billed import Billed, Figure, Scope
from compare.run import JobRecord, Run

REPORTS = "Lambda's REPORT lines"
HISTORIES = "Step Functions' execution histories"
CLOUDWATCH = "CloudWatch's metrics"
LOG_GB = "aws.cloudwatch.log_gb"
EXPRESS_GB_SECONDS = "aws.stepfunctions.express_gb_seconds"
EMULATED = "; MiniStack counts the wait for a worker as well"
# The number of a metric's units in one unit of the meter.
UNITS = {LOG_GB: cloudwatch.BYTES_PER_GB}
UNTOLD = {
    "S3": (
        ("aws.s3.put_requests", "aws.s3.get_requests"),
        "It counts requests only for buckets with request metrics enabled.",
    ),
    "EventBridge": (("aws.eventbridge.s3_events",), "It reports no count of the events it received from S3."),
    "X-Ray": (("aws.xray.traces",), "It reports no count of the traces it stored."),
    "The bill": (
        ("aws.s3.storage_gb_months", "aws.dynamodb.storage_gb_months"),
        "Storage is billed by the month, not by the run.",
    ),
}


@dataclass
class AwsAccount(Account):
    """The usage that AWS has reported for a run so far; ``outputs`` are those of its stack."""

    client: Client = field(kw_only=True)
    outputs: Mapping[str, Any] = field(kw_only=True)
    run: Run = field(kw_only=True)
    records: Sequence[JobRecord] = field(kw_only=True)

    def collect(self) -> Billed:
        """Query all of AWS's sources for the run."""
        known: list[History] = []
        if self.run.orchestrator == "standard":
            self.ask(HISTORIES, ["aws.stepfunctions.transitions"], lambda: self._transitions(known))
        duration = f"aws.lambda.gb_seconds.{self.run.architecture}"
        self.ask(REPORTS, ["aws.lambda.requests", duration], lambda: self._functions(known, duration))
        metrics = self._metrics()
        express = [EXPRESS_GB_SECONDS] if self.run.orchestrator == "express" else []
        if self.run.where == "emulator":
            self.gap(CLOUDWATCH, [*metrics, *express], "The emulator has no such metrics.")
        else:
            for meter, counted in metrics.items():
                self.ask(CLOUDWATCH, [meter], partial(self._sum, meter, counted))
            for meter in express:
                self.ask(CLOUDWATCH, [meter], self._express)
        for source, (meters, reason) in UNTOLD.items():
            self.gap(source, meters, reason)
        return self.billed()

    def _transitions(self, known: list[History]) -> Iterable[Figure]:
        executions = [record.job.execution for record in self.records if record.job]
        known += histories(self.client("stepfunctions"), executions)
        states, again = sum(each.states for each in known), sum(each.again for each in known)
        yield Figure(
            "aws.stepfunctions.transitions",
            Decimal(states + again),
            HISTORIES,
            "jobs",
            f"{states:,} entries into states + {again:,} task runs beyond them",
        )

    def _functions(self, known: Sequence[History], duration: str) -> Iterable[Figure]:
        """Yield the functions' billed usage: of the run's own requests, if the histories name them all."""
        own = {request for history in known for request in history.requests}
        exact = bool(own) and len(own) == sum(history.calls for history in known)
        made = self._reports(own if exact else None)
        reported = [report for each in made.values() for report in each]
        finished = sum(len(record.job.trace) for record in self.records if record.job)
        expected = f"{len(own):,}" if exact else f"at least {finished:,}"
        if len(reported) < (len(own) if exact else finished):
            raise Unreported(f"{len(reported):,} of {expected} have arrived.", again=True)
        emulated = self.run.where == "emulator"
        self.functions += [figures(step, each, emulated=emulated) for step, each in made.items()]
        scope: Scope = "jobs" if exact else "window"
        billed = sum(each.billed_ms for each in reported)
        yield Figure("aws.lambda.requests", Decimal(len(reported)), REPORTS, scope)
        note = f"{billed:,} ms billed" + EMULATED * emulated
        yield Figure(duration, billed_gb_seconds(reported), REPORTS, scope, note)

    def _reports(self, own: set[str] | None) -> dict[str, list[Report]]:
        """Return the reports of each step that has any: all, or those of the run's ``own`` requests."""
        logs, groups = self.client("logs"), self.outputs["metered"]["logGroups"]
        found = {
            step: [each for each in reports(logs, group, self.window) if own is None or each.request in own]
            for step, group in groups.items()
        }
        return {step: each for step, each in found.items() if each}

    def _metrics(self) -> dict[str, list[Metric]]:
        """Return, for each meter, the metrics that add up to its quantity."""
        outputs = self.outputs
        topics = [outputs[name].rpartition(":")[2] for name in ("successTopic", "errorTopic")]
        groups = outputs["metered"]["logGroups"].values()
        counted = {
            "aws.dynamodb.write_units": [
                Metric("AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", outputs["ledger"])
            ],
            "aws.sns.publishes": [
                Metric("AWS/SNS", "NumberOfMessagesPublished", "TopicName", topic) for topic in topics
            ],
            LOG_GB: [Metric("AWS/Logs", "IncomingBytes", "LogGroupName", group) for group in groups],
        }
        if self.run.orchestrator == "express":
            counted["aws.stepfunctions.express_requests"] = [
                Metric("AWS/States", "ExecutionsStarted", "StateMachineArn", outputs["workflow"])
            ]
        return counted

    def _sum(self, meter: str, counted: Sequence[Metric]) -> Iterable[Figure]:
        quantity = total(self.client("cloudwatch"), counted, self.window) / UNITS.get(meter, Decimal(1))
        yield Figure(meter, quantity, CLOUDWATCH, "window", ", ".join({each.name for each in counted}))

    def _express(self) -> Iterable[Figure]:
        quantity = express_gb_seconds(self.client("cloudwatch"), self.outputs["workflow"], self.window)
        note = "billed time x mean billed memory, by the minute"
        yield Figure(EXPRESS_GB_SECONDS, quantity, CLOUDWATCH, "window", note)

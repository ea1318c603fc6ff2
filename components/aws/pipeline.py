"""The whole pipeline on AWS: S3, EventBridge, Step Functions, Lambda, DynamoDB and SNS."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from components import packaging, tags
from components.aws import encryption, role_limits
from components.aws.alarms import Alarms, alarms
from components.aws.budget import Budget
from components.aws.cdn import Cdn
from components.aws.dashboard import Dashboard
from components.aws.data import Data, create_data
from components.aws.dead_letters import DeadLetters
from components.aws.front_door import FrontDoor
from components.aws.lost_executions import on_lost_durable_execution, on_lost_execution
from components.aws.partition import check_partition
from components.aws.policies import allow, allow_list
from components.aws.processing import Processing, create_processing
from components.aws.reconciler import Reconciler
from components.aws.trigger import on_upload
from components.aws.workflow import EXPRESS, EXPRESS_SECONDS
from components.settings import Settings
from core.deployment import variables
from core.deployment.limits import SUFFIXES
from core.review.decisions import TOPIC as REVIEW
from core.workflow.photo import PIPELINE


class AwsPipeline(pulumi.ComponentResource):
    """The pipeline on AWS; see :class:`components.pipeline.Pipeline` for its outputs."""

    def __init__(self, name: str, settings: Settings, opts: pulumi.ResourceOptions | None = None) -> None:
        check_partition()
        parts = [packaging.FRONT_DOOR] if settings.front_door else []
        code = pulumi.FileArchive(str(packaging.build("aws", settings.architecture, parts=parts)))
        own = pulumi.ResourceOptions(
            transformations=[
                tags.transformation(settings.tags),
                role_limits.transformation(settings.permissions_boundary, settings.role_path),
                *filter(None, [encryption.transformation(settings.kms_key)]),
            ]
        )
        super().__init__("twinlens:aws:Pipeline", name, None, pulumi.ResourceOptions.merge(opts, own))
        child = pulumi.ResourceOptions(parent=self)
        data = create_data(name, settings, child)
        uploads, results, ledger, topics = data.uploads, data.results, data.ledger, data.topics.arns
        work = create_processing(name, settings, code, data, child)
        started, standard = work.started, work.standard
        trigger = on_upload(
            f"{name}-upload",
            uploads.name,
            settings.input_prefix,
            SUFFIXES,
            started.arn,
            started.start,
            opts=child,
        )
        queues = {"undelivered": trigger.dead_letters, **_lost(name, work, topics["error"], child)}
        if settings.reconcile_minutes:
            reconciler = Reconciler(
                f"{name}-reconciler",
                settings,
                code,
                {
                    variables.INPUT_CONTAINER: uploads.name,
                    variables.RECIPE: settings.recipe,
                    variables.LEDGER_TABLE: ledger.name,
                    variables.STATE_MACHINE: started.arn,
                    variables.SUCCESS_TOPIC: topics["success"],
                    variables.ERROR_TOPIC: topics["error"],
                    **settings.reconciler(_seconds_at_work(settings)).to_variables(),
                },
                [
                    allow(["dynamodb:Query"], [ledger.open_index]),
                    allow(["dynamodb:GetItem", "dynamodb:Scan", "dynamodb:UpdateItem"], [ledger.arn]),
                    allow_list(uploads.arn, settings.input_prefix),
                    allow([started.start], [started.arn]),
                    *started.look,
                    allow(["sns:Publish"], [topics["success"], topics["error"]]),
                ],
                opts=child,
            )
            queues["unreconciled"] = reconciler.dead_letters
        cdn = Cdn(f"{name}-cdn", settings, (uploads, results), opts=child) if settings.cdn else None
        door = None
        if settings.front_door:
            door = FrontDoor(
                f"{name}-door",
                settings,
                code,
                (uploads, results),
                ledger,
                [standard.arn],
                site=cdn.url if cdn else None,
                opts=child,
            )
            if cdn:
                cdn.publish(door.url)
        _observe(name, settings, data, work, {alarm: queue.name for alarm, queue in queues.items()}, child)

        self.region = uploads.region
        self.input_container = uploads.name
        self.output_container = results.name
        self.store_endpoint = _endpoint("s3", self.region)
        self.ledger = ledger.name
        self.ledger_endpoint = _endpoint("dynamodb", self.region)
        self.workflow = started.arn
        self.batch: pulumi.Output[str] | None = work.batch.arn
        self.success_topic = topics["success"]
        self.error_topic = topics["error"]
        self.review_topic = topics.get(REVIEW)
        self.decisions: pulumi.Output[str] | None = None  # the ledger has what wakes an execution
        self.api = door.url if door else None
        self.site = cdn.url if cdn else None
        self.dns_records = cdn.dns_records if cdn else []
        self.queue_endpoint = _endpoint("sqs", self.region)
        self.dead_letters = trigger.dead_letters.url
        self.undelivered = self.dead_letters
        self.set_aside = [queues[each].url for each in queues if each != "undelivered"]
        self.metered = pulumi.Output.all(
            logGroups=pulumi.Output.all(**{step: each.log_group for step, each in work.logged.items()})
        )
        self.register_outputs({})


def _lost(
    name: str, work: Processing, topic: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> dict[str, DeadLetters]:
    """Notify of lost executions; return the queues of notices that could not be sent, by alarm.

    An express machine sends no events of its executions.
    """
    lost = on_lost_execution(f"{name}-lost", work.standard.arn, topic, opts)
    queues = {"untold": lost.dead_letters}
    if work.durable:
        lost = on_lost_durable_execution(f"{name}-lost-durable", work.durable.unqualified, topic, opts)
        queues["untold-durable"] = lost.dead_letters
    return queues


def _seconds_at_work(settings: Settings) -> int:
    """Return how long a job may be at work; whoever waits longer is found running, and left alone."""
    return EXPRESS_SECONDS if settings.orchestrator == EXPRESS else PIPELINE.timeout_seconds


def _observe(
    name: str,
    settings: Settings,
    data: Data,
    work: Processing,
    queues: Mapping[str, pulumi.Input[str]],
    opts: pulumi.ResourceOptions,
) -> None:
    """Create the alarms, the budget and the dashboard; ``queues`` are names by alarm."""
    started = work.started
    functions = {each: function.name for each, function in work.watched.items()}
    raised = Alarms(
        name,
        alarms(
            started.executions,
            started.at_work,
            list(functions.values()),
            queues,
            slow_seconds=None if settings.review_seconds else settings.timeout_seconds,
        ),
        data.topics.arns["error"],
        opts=opts,
    )
    data.topics.let_in(name, raised.arns)
    if settings.monthly_budget:
        Budget(name, settings.monthly_budget, settings.notify_email, opts=opts)
    Dashboard(
        name,
        work.standard.arn,
        started.executions,
        functions,
        queues,
        [each.log_group for each in work.logged.values()],
        [each.log_group for each in (*work.machines.values(), work.batch)],
        data.uploads.region,
        opts=opts,
    )


def _endpoint(service: str, region: pulumi.Output[str]) -> pulumi.Output[str]:
    return pulumi.Output.concat("https://", service, ".", region, ".amazonaws.com")

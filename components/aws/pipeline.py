"""The whole pipeline on AWS: S3, EventBridge, Step Functions, Lambda, DynamoDB and SNS."""

from __future__ import annotations

import pulumi

from components import packaging, tags
from components.aws import encryption, role_limits
from components.aws.alarms import Alarms, alarms
from components.aws.batch import batch_machine
from components.aws.budget import Budget
from components.aws.cdn import Cdn
from components.aws.dashboard import Dashboard
from components.aws.durable_workflow import DURABLE, DurableWorkflow
from components.aws.front_door import FrontDoor
from components.aws.function import Function
from components.aws.ledger import Ledger
from components.aws.lost_executions import on_lost_durable_execution, on_lost_execution
from components.aws.notifications import Notifications
from components.aws.object_store import ObjectStore
from components.aws.orchestrator import Orchestrator, durable_function, state_machine
from components.aws.partition import check_partition
from components.aws.policies import allow, allow_list
from components.aws.reconciler import Reconciler
from components.aws.review import Ask, ReviewPage
from components.aws.state_machine.approval import ASK
from components.aws.state_machine.references import LEDGER, RECIPE, STANDARD_MACHINE, function, topic
from components.aws.step_function import UNRESERVED, StepFunction
from components.aws.trigger import on_upload
from components.aws.workflow import EXPRESS, EXPRESS_SECONDS, STANDARD, StateMachine, Target
from components.settings import Settings
from core.deployment import variables
from core.deployment.limits import SUFFIXES
from core.deployment.names import ARCHIVE
from core.job import OUTPUT_PREFIX, WORK_PREFIX
from core.review.decisions import TOPIC as REVIEW
from core.workflow.granularity import all_steps, pipeline_in
from core.workflow.model import Place
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
        uploads = ObjectStore(
            f"{name}-input",
            keep=settings.keep_data,
            announce=True,
            undelete_days=settings.soft_delete_days,
            opts=child,
        )
        results = ObjectStore(
            f"{name}-output",
            keep=settings.keep_data,
            short_lived_prefix=WORK_PREFIX,
            read_later=settings.cdn,
            undelete_days=settings.soft_delete_days,
            opts=child,
        )
        ledger = Ledger(f"{name}-ledger", settings, opts=child)
        topics = Notifications(name, settings.notify_email, reviews=settings.review_seconds > 0, opts=child)

        # An empty prefix covers the archive, too.
        read = [settings.input_prefix, ARCHIVE] if settings.input_prefix else [""]
        places: dict[Place, list[pulumi.Output[str]]] = {
            "input": [pulumi.Output.concat(uploads.arn, f"/{each}*") for each in read],
            "work": [pulumi.Output.concat(results.arn, f"/{WORK_PREFIX}*")],
            "output": [pulumi.Output.concat(results.arn, f"/{OUTPUT_PREFIX}*")],
        }
        of_steps: dict[str, pulumi.Input[str]] = {
            variables.INPUT_CONTAINER: uploads.name,
            variables.OUTPUT_CONTAINER: results.name,
            variables.RECIPE: settings.recipe,
            variables.MAX_BYTES: str(settings.max_bytes),
            variables.MAX_PIXELS: str(settings.max_pixels),
            **({variables.REVIEW: settings.review} if settings.review_seconds else {}),
            **variables.chaos(settings.chaos),
        }
        targets = {LEDGER: Target(ledger.name, ledger.arn)}
        for topic_name, arn in topics.arns.items():
            targets[topic(topic_name)] = Target(arn, arn)
        # Those of all granularities, and a machine of each type, though a deployment uses only some: what is
        # under way when a setting changes ends where it began. What lies idle costs nothing.
        used = {step.name for step in pipeline_in(settings.granularity, settings.review_seconds).steps()}
        functions = {
            step.name: StepFunction(
                f"{name}-{step.name.replace('_', '-')}",
                step,
                settings,
                code,
                of_steps,
                places,
                reserved=(step.name in used and settings.max_concurrency) or UNRESERVED,
                opts=child,
            )
            for step in all_steps()
        }
        for step_name, made in functions.items():
            targets[function(step_name)] = Target(made.arn, made.arn)
        if settings.review_seconds:
            page = ReviewPage(f"{name}-review", settings, code, of_steps, ledger, places["input"], opts=child)
            ask = Ask(f"{name}-ask", settings, code, ledger, topics.arns[REVIEW], page.url, opts=child)
            targets[function(ASK)] = Target(ask.arn, ask.arn)
        texts = {RECIPE: settings.recipe}
        standard = StateMachine(f"{name}-workflow", STANDARD, settings, targets, texts, opts=child)
        onward = {**targets, STANDARD_MACHINE: Target(standard.arn, standard.arn)}
        machines = {
            STANDARD: standard,
            EXPRESS: StateMachine(f"{name}-workflow-express", EXPRESS, settings, onward, texts, opts=child),
        }
        started: Orchestrator
        if settings.orchestrator == DURABLE:
            unique = f"{name}-workflow-durable"
            durable = DurableWorkflow(
                unique, settings, of_steps, places, functions, ledger, topics.arns, child
            )
            started = durable_function(durable, standard)
        else:
            started = state_machine(machines[settings.orchestrator], standard)
        batch = batch_machine(f"{name}-batch", settings, code, targets, texts, (ledger, results), opts=child)
        trigger = on_upload(
            f"{name}-upload",
            uploads.name,
            settings.input_prefix,
            SUFFIXES,
            started.arn,
            started.start,
            opts=child,
        )
        # The standard machine's alone: an express one sends no events.
        lost = on_lost_execution(f"{name}-lost", standard.arn, topics.arns["error"], child)
        queues = {"undelivered": trigger.dead_letters, "untold": lost.dead_letters}
        if settings.orchestrator == DURABLE:
            lost = on_lost_durable_execution(
                f"{name}-lost-durable", durable.unqualified, topics.arns["error"], child
            )
            queues["untold-durable"] = lost.dead_letters
        # Whoever waits longer is found running, and left alone.
        at_work = EXPRESS_SECONDS if settings.orchestrator == EXPRESS else PIPELINE.timeout_seconds
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
                    variables.SUCCESS_TOPIC: topics.arns["success"],
                    variables.ERROR_TOPIC: topics.arns["error"],
                    **settings.reconciler(at_work).to_variables(),
                },
                [
                    allow(["dynamodb:Query"], [ledger.open_index]),
                    allow(["dynamodb:GetItem", "dynamodb:Scan", "dynamodb:UpdateItem"], [ledger.arn]),
                    allow_list(uploads.arn, settings.input_prefix),
                    allow([started.start], [started.arn]),
                    *started.look,
                    allow(["sns:Publish"], [topics.arns["success"], topics.arns["error"]]),
                ],
                opts=child,
            )
            queues["unreconciled"] = reconciler.dead_letters
        cdn = Cdn(f"{name}-cdn", settings, (uploads, results), opts=child) if settings.cdn else None
        door = (
            FrontDoor(
                f"{name}-door",
                settings,
                code,
                (uploads, results),
                ledger,
                [standard.arn],
                site=cdn.url if cdn else None,
                opts=child,
            )
            if settings.front_door
            else None
        )
        if cdn and door:
            cdn.publish(door.url)
        logged: dict[str, Function] = {**functions, **started.functions}
        watched = {each: logged[each].name for each in (*sorted(used), *started.functions)}
        raised = Alarms(
            name,
            alarms(
                started.executions,
                started.at_work,
                list(watched.values()),
                {alarm: queue.name for alarm, queue in queues.items()},
                slow_seconds=None if settings.review_seconds else settings.timeout_seconds,
            ),
            topics.arns["error"],
            opts=child,
        )
        topics.let_in(name, raised.arns)
        if settings.monthly_budget:
            Budget(name, settings.monthly_budget, settings.notify_email, opts=child)
        Dashboard(
            name,
            standard.arn,
            started.executions,
            watched,
            {alarm: queue.name for alarm, queue in queues.items()},
            [each.log_group for each in logged.values()],
            [each.log_group for each in (*machines.values(), batch)],
            uploads.region,
            opts=child,
        )

        self.region = uploads.region
        self.input_container = uploads.name
        self.output_container = results.name
        self.store_endpoint = _endpoint("s3", self.region)
        self.ledger = ledger.name
        self.ledger_endpoint = _endpoint("dynamodb", self.region)
        self.workflow = started.arn
        self.batch: pulumi.Output[str] | None = batch.arn
        self.success_topic = topics.arns["success"]
        self.error_topic = topics.arns["error"]
        self.review_topic = topics.arns.get(REVIEW)
        self.decisions: pulumi.Output[str] | None = None  # the ledger has what wakes an execution
        self.api = door.url if door else None
        self.site = cdn.url if cdn else None
        self.queue_endpoint = _endpoint("sqs", self.region)
        self.dead_letters = trigger.dead_letters.url
        self.undelivered = self.dead_letters
        self.set_aside = [queues[each].url for each in queues if each != "undelivered"]
        self.metered = pulumi.Output.all(
            logGroups=pulumi.Output.all(**{step: each.log_group for step, each in logged.items()})
        )
        self.register_outputs({})


def _endpoint(service: str, region: pulumi.Output[str]) -> pulumi.Output[str]:
    return pulumi.Output.concat("https://", service, ".", region, ".amazonaws.com")

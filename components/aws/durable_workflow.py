"""The durable function that runs the workflow by interpreting it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from components import packaging
from components.aws.function import Function
from components.aws.ledger import Ledger
from components.aws.policies import allow, allow_objects, document
from components.aws.review import ReviewPage
from components.aws.step_function import StepFunction
from components.settings import Settings
from core.deployment import variables
from core.deployment.limits import GIVEN_UP
from core.review.decisions import TOPIC as REVIEW
from core.workflow.granularity import FUSED, STEPWISE, pipeline_in
from core.workflow.model import Place

DURABLE = "durable"
INTERPRETER_MB = 512  # where the steps are functions of their own
BOOKKEEPING_SECONDS = 60  # for all that one call does besides steps: claim, record, notify, checkpoints
MOST_SECONDS = 900  # of one Lambda call
# The workflow ends itself before, and says why.
EXECUTION_SECONDS = int(GIVEN_UP.total_seconds()) + MOST_SECONDS
RETENTION_DAYS = 14
# Lambda deletes a durable function only when its executions have ended: they get this long.
DELETE_MINUTES = 60


class DurableWorkflow(Function):
    """The workflow as one function; in the stepwise granularity it calls the functions of the steps.

    Durable executions can be switched on only when a function is created, so it is a function of its own.
    ``arn`` is known only once the function may keep its executions.

    Args:
        name: The logical name.
        settings: The deployment's settings.
        of_steps: The variables that every step gets.
        places: For each place of the model, the ARNs of its objects, with trailing wildcards.
        functions: The functions of the steps.
        ledger: The ledger.
        topics: The ARNs of the topics.
        page: The page on which a person decides about a photo that waits, if there is one.
        opts: The resource options.
    """

    executions: pulumi.Output[str]  # the resource of permissions on all executions of all versions
    unqualified: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        settings: Settings,
        of_steps: Mapping[str, pulumi.Input[str]],
        places: Mapping[Place, Sequence[pulumi.Input[str]]],
        functions: Mapping[str, StepFunction],
        ledger: Ledger,
        topics: Mapping[str, pulumi.Input[str]],
        page: ReviewPage | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        fused = pipeline_in(FUSED).steps()
        reads, writes = (
            frozenset.union(*(getattr(step, way) for step in fused)) for way in ("reads", "writes")
        )
        called = {step.name: functions[step.name].arn for step in pipeline_in(STEPWISE).steps()}
        own = settings.granularity == FUSED
        super().__init__(
            "DurableWorkflow",
            name,
            settings,
            pulumi.FileArchive(str(packaging.build("aws-durable", settings.architecture))),
            "handlers.aws.durable.handler",
            [
                allow(["dynamodb:PutItem", "dynamodb:UpdateItem"], [ledger.arn]),
                allow(["sns:Publish"], [topics[each] for each in sorted(topics)]),
                # Those of both granularities: an execution keeps its version, and the role is the function's.
                allow_objects(["s3:GetObject"], [arn for place in sorted(reads) for arn in places[place]]),
                allow_objects(["s3:PutObject"], [arn for place in sorted(writes) for arn in places[place]]),
                allow(["lambda:InvokeFunction"], list(called.values())),
            ],
            {
                **of_steps,
                variables.LEDGER_TABLE: ledger.name,
                variables.SUCCESS_TOPIC: topics["success"],
                variables.ERROR_TOPIC: topics["error"],
                **(_asking(settings, topics[REVIEW], page) if page else {}),
                variables.GRANULARITY: settings.granularity,
                variables.STEP_FUNCTIONS: "{}" if own else pulumi.Output.all(**called).apply(json.dumps),
            },
            memory_mb=max(settings.of_step(step.name).memory_mb for step in fused) if own else INTERPRETER_MB,
            timeout_seconds=min(MOST_SECONDS, BOOKKEEPING_SECONDS + own * _seconds(settings)),
            durable_config={
                "execution_timeout": EXECUTION_SECONDS + settings.review_seconds,
                "retention_period": RETENTION_DAYS,
            },
            delete_minutes=DELETE_MINUTES,
            opts=opts,
        )
        alias = self.arn
        self.unqualified = alias.apply(lambda arn: arn.rpartition(":")[0])
        self.executions = pulumi.Output.concat(self.unqualified, ":*")
        # A policy on the unqualified ARN does not apply to executions, which belong to versions:
        # https://docs.aws.amazon.com/lambda/latest/dg/durable-security.html
        kept = aws.iam.RolePolicy(
            f"{name}-executions",
            role=self.role,
            policy=document(
                [
                    allow(
                        ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
                        [self.executions],
                    )
                ]
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        if page:
            # Whoever decides wakes executions of this function alone, unlike with a task token.
            aws.iam.RolePolicy(
                f"{name}-decisions",
                role=page.role,
                policy=document([allow(["lambda:SendDurableExecutionCallbackSuccess"], [self.executions])]),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.arn = pulumi.Output.all(alias, kept.id).apply(lambda known: str(known[0]))
        self.register_outputs({"arn": self.arn})


def _asking(settings: Settings, topic: pulumi.Input[str], page: ReviewPage) -> dict[str, pulumi.Input[str]]:
    return {
        variables.REVIEW_TOPIC: topic,
        variables.REVIEW_PAGE: page.url,
        variables.REVIEW_SECONDS: str(settings.review_seconds),
    }


def _seconds(settings: Settings) -> int:
    """Return how long the steps of a call may take: a retry waits, and is another call."""
    return sum(settings.of_step(step.name).timeout_seconds for step in pipeline_in(FUSED).steps())

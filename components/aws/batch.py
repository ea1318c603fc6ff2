"""The state machine that runs the workflow for many items, and the function that summarizes what came of it.

Both are in every stack: what lies idle costs nothing, and a batch needs no change of the deployment.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.aws.function import Function
from components.aws.ledger import Ledger
from components.aws.object_store import ObjectStore
from components.aws.policies import allow, allow_objects, document
from components.aws.state_machine.distributed_map import SUMMARIZE, SUMMARY_SECONDS
from components.aws.state_machine.references import function
from components.aws.workflow import BATCH, StateMachine, Target
from components.settings import Settings
from core.deployment import variables
from core.job import BATCHES_PREFIX, OUTPUT_PREFIX

MEMORY_MB = 512
# The reader of a Map gets its list, and the writer sends its results in parts. These, and the actions on
# executions below, are those of https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html.
MAP_ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload")


def batch_machine(
    name: str,
    settings: Settings,
    code: pulumi.Archive,
    targets: Mapping[str, Target],
    texts: Mapping[str, str],
    data: tuple[Ledger, ObjectStore],
    opts: pulumi.ResourceOptions,
) -> StateMachine:
    """Return the state machine of batches, with all that it needs.

    ``data`` are the ledger and the store of outputs, which keeps the lists of items, too.
    """
    ledger, results = data
    lists = pulumi.Output.concat(results.arn, f"/{BATCHES_PREFIX}*")
    outputs = pulumi.Output.concat(results.arn, f"/{OUTPUT_PREFIX}*")
    summarize = Function(
        "Summarize",
        f"{name}-summary",
        settings,
        code,
        "handlers.aws.batch.summarize",
        [
            allow(["dynamodb:GetItem"], [ledger.arn]),
            allow_objects(["s3:GetObject"], [lists]),
            allow_objects(["s3:PutObject"], [outputs]),
        ],
        {variables.LEDGER_TABLE: ledger.name, variables.OUTPUT_CONTAINER: results.name},
        memory_mb=MEMORY_MB,
        timeout_seconds=SUMMARY_SECONDS,
        opts=opts,
    )
    machine = StateMachine(
        name,
        BATCH,
        settings,
        {**targets, function(SUMMARIZE): Target(summarize.arn, summarize.arn)},
        texts,
        statements=[allow_objects(MAP_ACTIONS, [lists])],
        opts=opts,
    )
    # The items' executions are started in the machine's name, so this policy needs the machine's ARN, and the
    # machine its role's.
    executions = machine.arn.apply(lambda arn: f"{arn.replace(':stateMachine:', ':execution:')}:*")
    aws.iam.RolePolicy(
        f"{name}-items",
        role=machine.role,
        policy=document(
            [
                allow(["states:StartExecution"], [machine.arn]),
                allow(["states:DescribeExecution"], [executions]),
            ]
        ),
        opts=opts,
    )
    return machine

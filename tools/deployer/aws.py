"""The IAM policies of those who deploy, preview, use and operate a stack."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from components.aws.policies import OWN_ACCOUNT
from core.job import BATCHES_PREFIX
from tools.deployer.aws_front_door import DNS_ZONE, FRONT_DOOR
from tools.deployer.aws_permissions import (
    ANY,
    DURABLE,
    DURABLE_EXECUTIONS,
    INDEXES,
    LOG_GROUPS,
    MACHINES,
    PASS_ROLE,
    PERMISSIONS,
    PREFIX,
    QUEUES,
    ROLES,
    TABLES,
    TOPICS,
    Allowed,
    actions,
    arn,
)

# The services that roles are passed to: the components create roles for them.
PASSED_TO = ("events", "lambda", "scheduler", "states")

# For users who submit, follow jobs and measure: `twinlens submit`, `jobs list`, `bench`, `collect`.
USER = (
    (actions("s3", "PutObject"), (f"arn:aws:s3:::{PREFIX}-input-*/*",)),
    (actions("s3", "GetObject"), (f"arn:aws:s3:::{PREFIX}-output-*/*",)),
    (actions("dynamodb", "GetItem Scan"), TABLES),
    (actions("states", "GetExecutionHistory"), (arn("states", f"execution:{PREFIX}-*"),)),
    (actions("logs", "FilterLogEvents"), LOG_GROUPS),
    (actions("cloudwatch", "GetMetricStatistics"), ANY),
)
# For users who recover lost and failed jobs, and run batches: `jobs reconcile`, `jobs redrive`, `batch`.
OPERATOR = (
    *USER,
    (actions("s3", "ListBucket"), (f"arn:aws:s3:::{PREFIX}-input-*",)),
    (actions("s3", "PutObject"), (f"arn:aws:s3:::{PREFIX}-output-*/{BATCHES_PREFIX}*",)),
    (actions("dynamodb", "UpdateItem"), TABLES),
    (actions("dynamodb", "Query"), INDEXES),
    (actions("sns", "Publish"), TOPICS),
    (actions("states", "SendTaskSuccess"), ANY),  # to wake what waits for a decision: it knows no resource
    (actions("states", "ListExecutions StartExecution"), MACHINES),
    (actions("lambda", "InvokeFunction"), DURABLE),
    (actions("lambda", "GetDurableExecution SendDurableExecutionCallbackSuccess"), DURABLE_EXECUTIONS),
    (actions("sqs", "ChangeMessageVisibility DeleteMessage ReceiveMessage"), QUEUES),
)
# The calls of a preview to AWS: it reads the stack's state, but no resource.
PREVIEW = ((actions("states", "ValidateStateMachineDefinition"), ANY),)
# Pulumi's state in a bucket. An update writes it and locks it; a preview does neither.
STATE_READER = (
    (actions("s3", "ListBucket"), ("arn:aws:s3:::STATE_BUCKET",)),
    (actions("s3", "GetObject"), ("arn:aws:s3:::STATE_BUCKET/*",)),
)
STATE = (
    STATE_READER[0],
    (actions("s3", "DeleteObject GetObject PutObject"), ("arn:aws:s3:::STATE_BUCKET/*",)),
)
# The key that encrypts secrets in the state and the stack's file.
STATE_KEY = ((actions("kms", "Decrypt"), ("KEY_ARN",)),)


def policy(statements: Iterable[Mapping[str, object]]) -> dict[str, object]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statement(allowed: Collection[str], resources: Sequence[str], **further: object) -> dict[str, object]:
    """Return a statement that allows the actions on the resources."""
    return {
        "Effect": "Allow",
        "Action": _one_or_all(sorted(allowed)),
        "Resource": _one_or_all(resources),
        **further,
    }


def deployer() -> dict[str, object]:
    """Return the policy for `pulumi up`, `refresh` and `destroy`."""
    by_resource: dict[tuple[str, ...], set[str]] = {}
    for permissions in PERMISSIONS.values():
        for allowed, resources in permissions:
            by_resource.setdefault(resources, set()).update(allowed)
    by_resource[ROLES].discard(PASS_ROLE)
    services = [f"{service}.amazonaws.com" for service in PASSED_TO]
    return policy(
        [
            *(statement(allowed, resources) for resources, allowed in by_resource.items()),
            statement([PASS_ROLE], ROLES, Condition={"StringEquals": {"iam:PassedToService": services}}),
        ]
    )


def key_policy() -> dict[str, object]:
    """Return the policy of a key for the setting `kmsKey`: what roles cannot give, services get here.

    Sources: the guides of EventBridge ("Using dead-letter queues"), CloudWatch Logs ("Encrypt log data"),
    SNS ("Key management") and Step Functions ("Data at rest encryption").
    """
    own = {"StringEquals": {"aws:SourceAccount": "ACCOUNT_ID"}}
    logs = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:REGION:ACCOUNT_ID:log-group:*"}}

    def let(who: Mapping[str, object], allowed: str, **further: object) -> dict[str, object]:
        # In a key's policy, "*" is that key.
        return {**statement(actions("kms", allowed), ["*"]), "Principal": who, **further}

    return policy(
        [
            # The account's own policies decide about its roles and users.
            {**statement(["kms:*"], ["*"]), "Principal": {"AWS": "arn:aws:iam::ACCOUNT_ID:root"}},
            let(
                {"Service": ["cloudwatch.amazonaws.com", "events.amazonaws.com"]},
                "Decrypt GenerateDataKey",
                Condition=own,
            ),
            let({"Service": "delivery.logs.amazonaws.com"}, "Decrypt", Condition=own),
            let(
                {"Service": "logs.REGION.amazonaws.com"},
                "Decrypt DescribeKey Encrypt GenerateDataKey ReEncryptFrom ReEncryptTo",
                Condition=logs,
            ),
        ]
    )


def documents() -> dict[str, str]:
    """Return the texts of the files in docs/deploy, by name."""
    made = {
        "aws-deployer": deployer(),
        "aws-front-door": policy(statement(*each) for each in FRONT_DOOR),
        "aws-dns-zone": policy(statement(*each) for each in DNS_ZONE),
        "aws-preview": policy(statement(*each) for each in PREVIEW),
        "aws-state": policy(statement(*each) for each in STATE),
        "aws-state-reader": policy(statement(*each) for each in STATE_READER),
        "aws-state-key": policy(statement(*each) for each in STATE_KEY),
        "aws-user": policy(_of_own_account(USER)),
        "aws-operator": policy(_of_own_account(OPERATOR)),
        "aws-key-policy": key_policy(),
    }
    return {f"{name}.json": json.dumps(document, indent=2) + "\n" for name, document in made.items()}


def _of_own_account(allowed: Iterable[Allowed]) -> Iterator[dict[str, object]]:
    """Yield statements, those on buckets limited to the user's own account."""
    for names, resources in allowed:
        own = {"Condition": OWN_ACCOUNT} if any(each.startswith("arn:aws:s3:") for each in resources) else {}
        yield statement(names, resources, **own)


def _one_or_all(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)

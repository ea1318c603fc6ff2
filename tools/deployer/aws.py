"""The IAM policies of a deployer: the actions that the AWS provider calls for each type of resource.

The provider reads more than the program sets: after every change, and on a refresh, it looks at all settings
of a resource. Source of the calls: hashicorp/terraform-provider-aws, ``internal/service``, from which
Pulumi's provider is made; of their actions: the Service Authorization Reference.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence

PREFIX = "twinlens"  # what __main__.py calls the pipeline: the beginning of every name
ANY = ("*",)  # for actions that know no resources


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:*:*:{resource}"


BUCKETS = (f"arn:aws:s3:::{PREFIX}-*",)
OBJECTS = (f"arn:aws:s3:::{PREFIX}-*/*",)
TABLES = (_arn("dynamodb", f"table/{PREFIX}-*"),)
INDEXES = (_arn("dynamodb", f"table/{PREFIX}-*/index/*"),)
FUNCTIONS = (_arn("lambda", f"function:{PREFIX}-*"),)
MACHINES = (_arn("states", f"stateMachine:{PREFIX}-*"),)
RULES = (_arn("events", f"rule/{PREFIX}-*"),)
SCHEDULES = (_arn("scheduler", f"schedule/*/{PREFIX}-*"),)
TOPICS = (_arn("sns", f"{PREFIX}-*"),)
QUEUES = (_arn("sqs", f"{PREFIX}-*"),)
LOG_GROUPS = (
    _arn("logs", f"log-group:{PREFIX}-*"),
    _arn("logs", f"log-group:/aws/vendedlogs/states/{PREFIX}-*"),
)
ALARMS = (_arn("cloudwatch", f"alarm:{PREFIX}-*"),)
DASHBOARDS = (f"arn:aws:cloudwatch::*:dashboard/{PREFIX}-*",)
ROLES = (f"arn:aws:iam::*:role/{PREFIX}-*",)

PASS_ROLE = "iam:PassRole"  # noqa: S105 - an action
# Whom roles are passed to: the services that the components make roles for.
PASSED_TO = ("events", "lambda", "scheduler", "states")


def _actions(service: str, names: str) -> frozenset[str]:
    return frozenset(f"{service}:{name}" for name in names.split())


# By the type's last part: the actions, and the resources they are for.
PERMISSIONS: Mapping[str, tuple[tuple[frozenset[str], tuple[str, ...]], ...]] = {
    "aws:s3/bucket:Bucket": (
        (
            _actions(
                "s3",
                "CreateBucket DeleteBucket GetAccelerateConfiguration GetBucketAcl GetBucketCORS"
                " GetBucketLocation GetBucketLogging GetBucketObjectLockConfiguration GetBucketPolicy"
                " GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite"
                " GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration"
                " ListBucket ListBucketVersions ListTagsForResource PutBucketTagging TagResource"
                " UntagResource",
            ),
            BUCKETS,
        ),
        # `pulumi destroy` empties the bucket first.
        (_actions("s3", "DeleteObject DeleteObjectVersion"), OBJECTS),
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": (
        (_actions("s3", "GetBucketOwnershipControls PutBucketOwnershipControls"), BUCKETS),
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (
        (_actions("s3", "GetBucketPublicAccessBlock PutBucketPublicAccessBlock"), BUCKETS),
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        (_actions("s3", "GetEncryptionConfiguration PutEncryptionConfiguration"), BUCKETS),
    ),
    "aws:s3/bucketPolicy:BucketPolicy": (
        (_actions("s3", "DeleteBucketPolicy GetBucketPolicy PutBucketPolicy"), BUCKETS),
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
        (_actions("s3", "GetLifecycleConfiguration PutLifecycleConfiguration"), BUCKETS),
    ),
    "aws:s3/bucketNotification:BucketNotification": (
        (_actions("s3", "GetBucketNotification PutBucketNotification"), BUCKETS),
    ),
    "aws:dynamodb/table:Table": (
        (
            _actions(
                "dynamodb",
                "CreateTable DeleteTable DescribeContinuousBackups DescribeTable DescribeTimeToLive"
                " ListTagsOfResource TagResource UntagResource UpdateContinuousBackups UpdateTable"
                " UpdateTimeToLive",
            ),
            TABLES,
        ),
    ),
    "aws:lambda/function:Function": (
        (
            _actions(
                "lambda",
                "CreateFunction DeleteFunction DeleteFunctionConcurrency GetFunction"
                " GetFunctionCodeSigningConfig GetFunctionConfiguration ListTags ListVersionsByFunction"
                " PutFunctionConcurrency TagResource UntagResource UpdateFunctionCode"
                " UpdateFunctionConfiguration",
            ),
            FUNCTIONS,
        ),
        (frozenset({PASS_ROLE}), ROLES),
    ),
    "aws:sfn/stateMachine:StateMachine": (
        (
            _actions(
                "states",
                "CreateStateMachine DeleteStateMachine DescribeStateMachine ListStateMachineVersions"
                " ListTagsForResource TagResource UntagResource UpdateStateMachine",
            ),
            MACHINES,
        ),
        (_actions("states", "ValidateStateMachineDefinition"), ANY),  # already at a preview
        (frozenset({PASS_ROLE}), ROLES),
    ),
    "aws:cloudwatch/eventRule:EventRule": (
        (
            _actions(
                "events", "DeleteRule DescribeRule ListTagsForResource PutRule TagResource UntagResource"
            ),
            RULES,
        ),
    ),
    "aws:cloudwatch/eventTarget:EventTarget": (
        (_actions("events", "ListTargetsByRule PutTargets RemoveTargets"), RULES),
        (frozenset({PASS_ROLE}), ROLES),
    ),
    "aws:scheduler/schedule:Schedule": (
        (_actions("scheduler", "CreateSchedule DeleteSchedule GetSchedule UpdateSchedule"), SCHEDULES),
        (frozenset({PASS_ROLE}), ROLES),
    ),
    "aws:sns/topic:Topic": (
        (
            _actions(
                "sns",
                "CreateTopic DeleteTopic GetTopicAttributes ListTagsForResource SetTopicAttributes"
                " TagResource UntagResource",
            ),
            TOPICS,
        ),
    ),
    "aws:sns/topicPolicy:TopicPolicy": ((_actions("sns", "GetTopicAttributes SetTopicAttributes"), TOPICS),),
    "aws:sns/topicSubscription:TopicSubscription": (
        (
            _actions("sns", "GetSubscriptionAttributes SetSubscriptionAttributes Subscribe Unsubscribe"),
            TOPICS,
        ),
    ),
    "aws:sqs/queue:Queue": (
        (
            _actions(
                "sqs",
                "CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags SetQueueAttributes"
                " TagQueue UntagQueue",
            ),
            QUEUES,
        ),
    ),
    "aws:sqs/queuePolicy:QueuePolicy": ((_actions("sqs", "GetQueueAttributes SetQueueAttributes"), QUEUES),),
    "aws:cloudwatch/logGroup:LogGroup": (
        (
            _actions(
                "logs",
                "CreateLogGroup DeleteLogGroup DeleteRetentionPolicy ListTagsForResource"
                " PutRetentionPolicy TagResource UntagResource",
            ),
            LOG_GROUPS,
        ),
        (_actions("logs", "DescribeLogGroups"), ANY),
    ),
    "aws:cloudwatch/queryDefinition:QueryDefinition": (
        (_actions("logs", "DeleteQueryDefinition DescribeQueryDefinitions PutQueryDefinition"), ANY),
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        (
            _actions(
                "cloudwatch",
                "DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm TagResource UntagResource",
            ),
            ALARMS,
        ),
    ),
    "aws:cloudwatch/dashboard:Dashboard": (
        (_actions("cloudwatch", "DeleteDashboards GetDashboard PutDashboard"), DASHBOARDS),
    ),
    "aws:iam/role:Role": (
        (
            _actions(
                "iam",
                "CreateRole DeleteRole GetRole ListAttachedRolePolicies ListInstanceProfilesForRole"
                " ListRolePolicies TagRole UntagRole UpdateAssumeRolePolicy UpdateRole"
                " UpdateRoleDescription",
            ),
            ROLES,
        ),
    ),
    "aws:iam/rolePolicy:RolePolicy": (
        (_actions("iam", "DeleteRolePolicy GetRolePolicy PutRolePolicy"), ROLES),
    ),
}

# Who submits photos, follows their jobs and measures: `twinlens submit`, `jobs list`, `bench`, `collect`.
USER = (
    (_actions("s3", "PutObject"), (f"arn:aws:s3:::{PREFIX}-input-*/*",)),
    (_actions("s3", "GetObject"), (f"arn:aws:s3:::{PREFIX}-output-*/*",)),
    (_actions("dynamodb", "GetItem Scan"), TABLES),
    (_actions("states", "GetExecutionHistory"), (_arn("states", f"execution:{PREFIX}-*"),)),
    (_actions("logs", "FilterLogEvents"), LOG_GROUPS),
    (_actions("cloudwatch", "GetMetricStatistics"), ANY),
)
# Whoever recovers lost and failed jobs: `jobs reconcile` and `jobs redrive`.
OPERATOR = (
    *USER,
    (_actions("s3", "ListBucket"), (f"arn:aws:s3:::{PREFIX}-input-*",)),
    (_actions("dynamodb", "UpdateItem"), TABLES),
    (_actions("dynamodb", "Query"), INDEXES),
    (_actions("sns", "Publish"), TOPICS),
    (_actions("states", "StartExecution"), MACHINES),
    (_actions("sqs", "ChangeMessageVisibility DeleteMessage ReceiveMessage"), QUEUES),
)
# What a preview asks AWS itself: it reads the stack's state, and no resource.
PREVIEW = ((_actions("states", "ValidateStateMachineDefinition"), ANY),)
# Pulumi's state in a bucket, its lock included.
STATE = (
    (_actions("s3", "ListBucket"), ("arn:aws:s3:::STATE_BUCKET",)),
    (_actions("s3", "DeleteObject GetObject PutObject"), ("arn:aws:s3:::STATE_BUCKET/*",)),
)


def policy(statements: Iterable[Mapping[str, object]]) -> dict[str, object]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statement(actions: Collection[str], resources: Sequence[str], **further: object) -> dict[str, object]:
    """Return a statement that allows the actions on the resources."""
    return {
        "Effect": "Allow",
        "Action": _one_or_all(sorted(actions)),
        "Resource": _one_or_all(resources),
        **further,
    }


def deployer() -> dict[str, object]:
    """Return the policy for `pulumi up`, `refresh` and `destroy`."""
    by_resource: dict[tuple[str, ...], set[str]] = {}
    for permissions in PERMISSIONS.values():
        for actions, resources in permissions:
            by_resource.setdefault(resources, set()).update(actions)
    by_resource[ROLES].discard(PASS_ROLE)
    services = [f"{service}.amazonaws.com" for service in PASSED_TO]
    return policy(
        [
            *(statement(actions, resources) for resources, actions in by_resource.items()),
            statement([PASS_ROLE], ROLES, Condition={"StringEquals": {"iam:PassedToService": services}}),
        ]
    )


def documents() -> dict[str, str]:
    """Return the texts of the files in docs/deploy, by name."""
    made = {
        "aws-deployer": deployer(),
        "aws-preview": policy(statement(*each) for each in PREVIEW),
        "aws-state": policy(statement(*each) for each in STATE),
        "aws-user": policy(statement(*each) for each in USER),
        "aws-operator": policy(statement(*each) for each in OPERATOR),
    }
    return {f"{name}.json": json.dumps(document, indent=2) + "\n" for name, document in made.items()}


def _one_or_all(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)

"""The actions that the AWS provider calls for each type of resource, and the names of the resources.

The provider reads more than the program sets: after every change, and on a refresh, it looks at all settings
of a resource. Source of the calls: hashicorp/terraform-provider-aws, ``internal/service``, from which
Pulumi's provider is made; of their actions: the Service Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Mapping

PREFIX = "twinlens"  # the pipeline's name in __main__.py, with which every name begins
ANY = ("*",)  # for actions without resource-level permissions


def arn(service: str, resource: str) -> str:
    """Return the name of resources in any account and region."""
    return f"arn:aws:{service}:*:*:{resource}"


BUCKETS = (f"arn:aws:s3:::{PREFIX}-*",)
OBJECTS = (f"arn:aws:s3:::{PREFIX}-*/*",)
TABLES = (arn("dynamodb", f"table/{PREFIX}-*"),)
INDEXES = (arn("dynamodb", f"table/{PREFIX}-*/index/*"),)
FUNCTIONS = (arn("lambda", f"function:{PREFIX}-*"),)
MACHINES = (arn("states", f"stateMachine:{PREFIX}-*"),)
RULES = (arn("events", f"rule/{PREFIX}-*"),)
SCHEDULES = (arn("scheduler", f"schedule/*/{PREFIX}-*"),)
TOPICS = (arn("sns", f"{PREFIX}-*"),)
QUEUES = (arn("sqs", f"{PREFIX}-*"),)
LOG_GROUPS = (
    arn("logs", f"log-group:{PREFIX}-*"),
    arn("logs", f"log-group:/aws/vendedlogs/states/{PREFIX}-*"),
)
ALARMS = (arn("cloudwatch", f"alarm:{PREFIX}-*"),)
DASHBOARDS = (f"arn:aws:cloudwatch::*:dashboard/{PREFIX}-*",)
ROLES = (f"arn:aws:iam::*:role/{PREFIX}-*",)

PASS_ROLE = "iam:PassRole"  # noqa: S105 - an action


def actions(service: str, names: str) -> frozenset[str]:
    """Return the service's actions of these names, separated by spaces."""
    return frozenset(f"{service}:{name}" for name in names.split())


# By the type's last part: the actions, and the resources they are for.
PERMISSIONS: Mapping[str, tuple[tuple[frozenset[str], tuple[str, ...]], ...]] = {
    "aws:s3/bucket:Bucket": (
        (
            actions(
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
        (actions("s3", "DeleteObject DeleteObjectVersion"), OBJECTS),
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": (
        (actions("s3", "GetBucketOwnershipControls PutBucketOwnershipControls"), BUCKETS),
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (
        (actions("s3", "GetBucketPublicAccessBlock PutBucketPublicAccessBlock"), BUCKETS),
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        (actions("s3", "GetEncryptionConfiguration PutEncryptionConfiguration"), BUCKETS),
    ),
    "aws:s3/bucketPolicy:BucketPolicy": (
        (actions("s3", "DeleteBucketPolicy GetBucketPolicy PutBucketPolicy"), BUCKETS),
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
        (actions("s3", "GetLifecycleConfiguration PutLifecycleConfiguration"), BUCKETS),
    ),
    "aws:s3/bucketNotification:BucketNotification": (
        (actions("s3", "GetBucketNotification PutBucketNotification"), BUCKETS),
    ),
    "aws:dynamodb/table:Table": (
        (
            actions(
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
            actions(
                "lambda",
                "CreateFunction DeleteFunction DeleteFunctionConcurrency GetFunction"
                " GetFunctionCodeSigningConfig GetFunctionConfiguration ListTags ListVersionsByFunction"
                " PublishVersion PutFunctionConcurrency TagResource UntagResource UpdateFunctionCode"
                " UpdateFunctionConfiguration",
            ),
            FUNCTIONS,
        ),
        (frozenset({PASS_ROLE}), ROLES),
    ),
    "aws:lambda/alias:Alias": (
        (actions("lambda", "CreateAlias DeleteAlias GetAlias UpdateAlias"), FUNCTIONS),
    ),
    "aws:sfn/stateMachine:StateMachine": (
        (
            actions(
                "states",
                "CreateStateMachine DeleteStateMachine DescribeStateMachine ListStateMachineVersions"
                " ListTagsForResource TagResource UntagResource UpdateStateMachine",
            ),
            MACHINES,
        ),
        (actions("states", "ValidateStateMachineDefinition"), ANY),  # already at a preview
        (frozenset({PASS_ROLE}), ROLES),
    ),
    "aws:cloudwatch/eventRule:EventRule": (
        (
            actions(
                "events", "DeleteRule DescribeRule ListTagsForResource PutRule TagResource UntagResource"
            ),
            RULES,
        ),
    ),
    "aws:cloudwatch/eventTarget:EventTarget": (
        (actions("events", "ListTargetsByRule PutTargets RemoveTargets"), RULES),
        (frozenset({PASS_ROLE}), ROLES),
    ),
    "aws:scheduler/schedule:Schedule": (
        (actions("scheduler", "CreateSchedule DeleteSchedule GetSchedule UpdateSchedule"), SCHEDULES),
        (frozenset({PASS_ROLE}), ROLES),
    ),
    "aws:sns/topic:Topic": (
        (
            actions(
                "sns",
                "CreateTopic DeleteTopic GetTopicAttributes ListTagsForResource SetTopicAttributes"
                " TagResource UntagResource",
            ),
            TOPICS,
        ),
    ),
    "aws:sns/topicPolicy:TopicPolicy": ((actions("sns", "GetTopicAttributes SetTopicAttributes"), TOPICS),),
    "aws:sns/topicSubscription:TopicSubscription": (
        (
            actions("sns", "GetSubscriptionAttributes SetSubscriptionAttributes Subscribe Unsubscribe"),
            TOPICS,
        ),
    ),
    "aws:sqs/queue:Queue": (
        (
            actions(
                "sqs",
                "CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags SetQueueAttributes"
                " TagQueue UntagQueue",
            ),
            QUEUES,
        ),
    ),
    "aws:sqs/queuePolicy:QueuePolicy": ((actions("sqs", "GetQueueAttributes SetQueueAttributes"), QUEUES),),
    "aws:cloudwatch/logGroup:LogGroup": (
        (
            actions(
                "logs",
                "CreateLogGroup DeleteLogGroup DeleteRetentionPolicy ListTagsForResource"
                " PutRetentionPolicy TagResource UntagResource",
            ),
            LOG_GROUPS,
        ),
        (actions("logs", "DescribeLogGroups"), ANY),
    ),
    "aws:cloudwatch/queryDefinition:QueryDefinition": (
        (actions("logs", "DeleteQueryDefinition DescribeQueryDefinitions PutQueryDefinition"), ANY),
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        (
            actions(
                "cloudwatch",
                "DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm TagResource UntagResource",
            ),
            ALARMS,
        ),
    ),
    "aws:cloudwatch/dashboard:Dashboard": (
        (actions("cloudwatch", "DeleteDashboards GetDashboard PutDashboard"), DASHBOARDS),
    ),
    "aws:iam/role:Role": (
        (
            actions(
                "iam",
                "CreateRole DeleteRole DeleteRolePermissionsBoundary GetRole ListAttachedRolePolicies"
                " ListInstanceProfilesForRole ListRolePolicies PutRolePermissionsBoundary TagRole"
                " UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription",
            ),
            ROLES,
        ),
    ),
    "aws:iam/rolePolicy:RolePolicy": (
        (actions("iam", "DeleteRolePolicy GetRolePolicy PutRolePolicy"), ROLES),
    ),
}

"""Every type is made on the emulator, found, changed in place, removed twice and not found any more."""

import json

import pytest
from aws_inputs import PASS, archive, bucket, function, policy, queue, role, rule, topic, trust

from local.providers.schema import resource_schema

COUNTED = {"cloudwatchMetricsEnabled": True, "metricName": "m", "sampledRequestsEnabled": False}
# For each type: how to make its inputs, and what is changed in place (None: nothing can be).
LIVES = {
    "aws:s3/bucket:Bucket": (lambda made: {"tags": {"a": "1"}}, {"tags": {"b": "2"}}),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (
        lambda made: bucket(made) | {"blockPublicAcls": True},
        {"blockPublicPolicy": True},
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        lambda made: (
            bucket(made) | {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]}
        ),
        {
            "rules": [
                {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "bucketKeyEnabled": True}
            ]
        },
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": (
        lambda made: bucket(made) | {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
        {"rule": {"objectOwnership": "ObjectWriter"}},
    ),
    "aws:s3/bucketPolicy:BucketPolicy": (
        lambda made: bucket(made) | {"policy": policy()},
        {"policy": policy(Sid="a")},
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
        lambda made: (
            bucket(made)
            | {
                "rules": [
                    {
                        "id": "work",
                        "status": "Enabled",
                        "filter": {"prefix": "work/"},
                        "expiration": {"days": 1},
                    },
                    {
                        "id": "parts",
                        "status": "Enabled",
                        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 1},
                    },
                ]
            }
        ),
        {"rules": [{"id": "work", "status": "Disabled", "expiration": {"days": 2}}]},
    ),
    "aws:s3/bucketVersioning:BucketVersioning": (
        lambda made: bucket(made) | {"versioningConfiguration": {"status": "Enabled"}},
        {"versioningConfiguration": {"status": "Suspended"}},
    ),
    "aws:sqs/queue:Queue": (
        lambda made: {"messageRetentionSeconds": 1209600, "sqsManagedSseEnabled": True, "tags": {"a": "1"}},
        {"messageRetentionSeconds": 60, "tags": {}},
    ),
    "aws:sqs/queuePolicy:QueuePolicy": (
        lambda made: {"queueUrl": queue(made)["url"], "policy": policy()},
        {"policy": policy(Sid="a")},
    ),
    "aws:sns/topic:Topic": (lambda made: {"displayName": "a"}, {"displayName": "b"}),
    "aws:sns/topicSubscription:TopicSubscription": (
        lambda made: {"topic": topic(made)["arn"], "protocol": "sqs", "endpoint": queue(made)["arn"]},
        {"rawMessageDelivery": True},
    ),
    "aws:dynamodb/table:Table": (
        lambda made: {
            "billingMode": "PAY_PER_REQUEST",
            "hashKey": "id",
            "attributes": [{"name": "id", "type": "S"}, {"name": "open", "type": "S"}],
            "globalSecondaryIndexes": [
                {
                    "name": "open",
                    "keySchemas": [{"attributeName": "open", "keyType": "HASH"}],
                    "projectionType": "KEYS_ONLY",
                }
            ],
            "ttl": {"attributeName": "expires_at", "enabled": True},
        },
        {"pointInTimeRecovery": {"enabled": True}, "ttl": {"attributeName": "expires_at", "enabled": False}},
    ),
    "aws:iam/role:Role": (
        lambda made: {
            "assumeRolePolicy": trust("lambda.amazonaws.com"),
            "description": "a",
            "tags": {"a": "1"},
        },
        {"assumeRolePolicy": trust("states.amazonaws.com"), "description": "b"},
    ),
    "aws:iam/rolePolicy:RolePolicy": (
        lambda made: {"role": role(made)["name"], "policy": policy()},
        {"policy": policy(Action="s3:GetObject")},
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (
        lambda made: {
            "role": role(made)["name"],
            "policyArn": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        },
        None,
    ),
    "aws:lambda/function:Function": (
        lambda made: function(made, reservedConcurrentExecutions=2, tracingConfig={"mode": "Active"}),
        {
            "memorySize": 512,
            "reservedConcurrentExecutions": -1,
            "code": archive("def handler(e, c): return 2", "2"),
        },
    ),
    "aws:lambda/alias:Alias": (
        lambda made: {
            "functionName": made.make("aws:lambda/function:Function", function(made, publish=True))[1],
            "functionVersion": "1",
            "name": "live",
        },
        {"functionVersion": "$LATEST"},
    ),
    "aws:budgets/budget:Budget": (
        lambda made: {
            "budgetType": "COST",
            "timeUnit": "MONTHLY",
            "limitAmount": "100",
            "limitUnit": "USD",
            "notifications": [
                {
                    "comparisonOperator": "GREATER_THAN",
                    "notificationType": "ACTUAL",
                    "threshold": 80,
                    "thresholdType": "PERCENTAGE",
                    "subscriberEmailAddresses": ["ops@example.com"],
                }
            ],
        },
        {"limitAmount": "200"},
    ),
    "aws:lambda/permission:Permission": (
        lambda made: {
            "function": made.make("aws:lambda/function:Function", function(made))[1],
            "action": "lambda:InvokeFunction",
            "principal": "events.amazonaws.com",
        },
        None,
    ),
    "aws:sfn/stateMachine:StateMachine": (
        lambda made: {"roleArn": role(made)["arn"], "definition": json.dumps(PASS), "type": "EXPRESS"},
        {"definition": json.dumps({**PASS, "Comment": "changed"}), "tracingConfiguration": {"enabled": True}},
    ),
    "aws:cloudwatch/eventRule:EventRule": (
        lambda made: {"eventPattern": json.dumps({"source": ["aws.s3"]})},
        {"eventPattern": json.dumps({"source": ["aws.states"]}), "state": "DISABLED"},
    ),
    "aws:cloudwatch/eventTarget:EventTarget": (
        lambda made: {
            "rule": rule(made)["name"],
            "arn": queue(made)["arn"],
            "deadLetterConfig": {"arn": queue(made)["arn"]},
            "inputTransformer": {"inputPaths": {"key": "$.detail.key"}, "inputTemplate": '"<key>"'},
        },
        {"retryPolicy": {"maximumRetryAttempts": 3, "maximumEventAgeInSeconds": 60}},
    ),
    "aws:scheduler/schedule:Schedule": (
        lambda made: {
            "scheduleExpression": "rate(30 minutes)",
            "flexibleTimeWindow": {"mode": "OFF"},
            "target": {
                "arn": queue(made)["arn"],
                "roleArn": role(made)["arn"],
                "input": "{}",
                "deadLetterConfig": {"arn": queue(made)["arn"]},
                "retryPolicy": {"maximumRetryAttempts": 3},
            },
        },
        {"scheduleExpression": "rate(1 day)", "state": "DISABLED"},
    ),
    "aws:cloudwatch/logGroup:LogGroup": (
        lambda made: {"retentionInDays": 14},
        {"retentionInDays": 0, "kmsKeyId": "arn:aws:kms:us-east-1:000000000000:key/ours"},
    ),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": (
        lambda made: {"policyName": "to-logs", "policyDocument": policy()},
        {"policyDocument": policy(Sid="a")},
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        lambda made: {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "metricQueries": [
                {
                    "id": "failed",
                    "returnData": True,
                    "metric": {
                        "metricName": "ExecutionsFailed",
                        "namespace": "AWS/States",
                        "period": 60,
                        "stat": "Sum",
                        "dimensions": {"StateMachineArn": "arn"},
                    },
                }
            ],
            "threshold": 0.5,
        },
        {"threshold": 1},
    ),
    "aws:s3/bucketObjectv2:BucketObjectv2": (
        lambda made: bucket(made) | {"key": "a.html", "content": "a", "contentType": "text/html"},
        {"content": "b", "cacheControl": "no-cache"},
    ),
    "aws:cloudfront/originAccessControl:OriginAccessControl": (
        lambda made: {
            "originAccessControlOriginType": "s3",
            "signingBehavior": "always",
            "signingProtocol": "sigv4",
        },
        {"signingBehavior": "no-override"},
    ),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": (
        lambda made: {"securityHeadersConfig": {"contentTypeOptions": {"override": True}}},
        {"securityHeadersConfig": {"frameOptions": {"frameOption": "DENY", "override": True}}},
    ),
    "aws:cloudfront/distribution:Distribution": (
        lambda made: {
            "enabled": True,
            "origins": [{"originId": "a", "domainName": f"{bucket(made)['bucket']}.s3.amazonaws.com"}],
            "defaultCacheBehavior": {
                "targetOriginId": "a",
                "viewerProtocolPolicy": "https-only",
                "allowedMethods": ["GET", "HEAD"],
                "cachedMethods": ["GET", "HEAD"],
                "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            },
            "restrictions": {"geoRestriction": {"restrictionType": "none"}},
            "viewerCertificate": {"cloudfrontDefaultCertificate": True},
            "tags": {"a": "1"},
        },
        {"defaultRootObject": "index.html", "tags": {"b": "2"}},
    ),
    "aws:cloudwatch/logDelivery:LogDelivery": (
        lambda made: {
            "deliverySourceName": made.make(
                "aws:cloudwatch/logDeliverySource:LogDeliverySource",
                {
                    "logType": "ACCESS_LOGS",
                    "region": "us-east-1",
                    "resourceArn": "arn:aws:cloudfront::000000000000:distribution/E1",
                },
            )[1],
            "deliveryDestinationArn": made.make(
                "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
                {
                    "outputFormat": "json",
                    "deliveryDestinationConfiguration": {
                        "destinationResourceArn": made.make("aws:cloudwatch/logGroup:LogGroup", {})[2]["arn"]
                    },
                },
            )[2]["arn"],
            "recordFields": ["date"],
        },
        None,
    ),
    "aws:wafv2/webAcl:WebAcl": (
        lambda made: {
            "scope": "CLOUDFRONT",
            "region": "us-east-1",
            "defaultAction": {"allow": {}},
            "visibilityConfig": COUNTED,
            "rules": [
                {
                    "name": "rate",
                    "priority": 0,
                    "action": {"block": {}},
                    "statement": {"rateBasedStatement": {"limit": 100, "aggregateKeyType": "IP"}},
                    "visibilityConfig": COUNTED,
                },
                {
                    "name": "AWSManagedRulesCommonRuleSet",
                    "priority": 1,
                    "overrideAction": {"none": {}},
                    "statement": {
                        "managedRuleGroupStatement": {
                            "vendorName": "AWS",
                            "name": "AWSManagedRulesCommonRuleSet",
                        }
                    },
                    "visibilityConfig": COUNTED,
                },
            ],
        },
        {"defaultAction": {"block": {}}},
    ),
    "aws:cloudwatch/dashboard:Dashboard": (
        lambda made: {"dashboardName": "overview", "dashboardBody": json.dumps({"widgets": []})},
        {"dashboardBody": json.dumps({"widgets": [], "start": "-PT1H"})},
    ),
}


# A bucket always has these in some form: removing the resource sets them back.
FOR_GOOD = {
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
}


@pytest.mark.parametrize("token", LIVES)
def test_life(made, token):
    inputs_for, change = LIVES[token]
    inputs = inputs_for(made)
    ask, identity, state = made.make(token, inputs)
    assert identity
    required = [
        name for name, field in resource_schema("pulumi_aws", token).outputs.items() if field.required
    ]
    given = {name: state.get(name) for name in required if name in ("arn", "name", "url", "id", "region")}
    assert all(given.values()), given
    assert made.provider.exists(ask, identity, state)
    if change is not None:
        checked, wrong = made.provider.check(ask, state, {**inputs, **change})
        assert wrong == []
        changed = made.provider.diff(ask, inputs, {**inputs, **change})
        assert changed
        assert not any(each.replaces for each in changed)
        state = made.provider.update(ask, identity, state, checked, preview=False)
        assert made.provider.exists(ask, identity, state)
    made.provider.delete(ask, identity, state)
    assert made.provider.exists(ask, identity, state) == (token in FOR_GOOD)
    made.provider.delete(ask, identity, state)

"""The services that the state machine calls directly, and the names of their transient errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.workflow.retries import THROTTLED, TRANSIENT


@dataclass(frozen=True)
class Integration:
    """One service call: its resource, the permission it needs, the argument that names its target.

    ``platform`` lists its error names, for which the workflow's retry tables have one collective name.
    """

    resource: str
    permission: str
    target: str
    platform: Mapping[str, tuple[str, ...]]


# The Step Functions guide, "Handle transient Lambda service exceptions", and what a lost sandbox reports.
LAMBDA = {
    TRANSIENT: (
        "Lambda.AWSLambdaException",
        "Lambda.ClientExecutionTimeoutException",
        "Lambda.SdkClientException",
        "Lambda.ServiceException",
        "Lambda.Unknown",
        "Runtime.ExitError",
        "Sandbox.Timedout",
        "States.Timeout",
    ),
    THROTTLED: ("Lambda.TooManyRequestsException",),
}
DYNAMODB = {
    TRANSIENT: ("DynamoDB.InternalServerErrorException", "DynamoDB.SdkClientException", "States.Timeout"),
    THROTTLED: (
        "DynamoDB.ProvisionedThroughputExceededException",
        "DynamoDB.RequestLimitExceededException",
        "DynamoDB.ThrottlingException",
    ),
}
# The AWS SDK integration has another prefix. Its time-out is no error: nobody decided in time.
DYNAMODB_SDK = {
    name: tuple(error.replace("DynamoDB.", "DynamoDb.") for error in errors if error != "States.Timeout")
    for name, errors in DYNAMODB.items()
}
SNS = {
    TRANSIENT: ("SNS.InternalErrorException", "SNS.SdkClientException", "States.Timeout"),
    THROTTLED: ("SNS.ThrottledException",),
}

STATES = {
    TRANSIENT: ("StepFunctions.SdkClientException", "States.Timeout"),
    THROTTLED: ("StepFunctions.ExecutionLimitExceededException", "StepFunctions.ThrottlingException"),
}

INVOKE = Integration("arn:aws:states:::lambda:invoke", "lambda:InvokeFunction", "FunctionName", LAMBDA)
PUT_ITEM = Integration("arn:aws:states:::dynamodb:putItem", "dynamodb:PutItem", "TableName", DYNAMODB)
UPDATE_ITEM = Integration(
    "arn:aws:states:::dynamodb:updateItem", "dynamodb:UpdateItem", "TableName", DYNAMODB
)
AWAIT = Integration(
    "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken",
    "dynamodb:UpdateItem",
    "TableName",
    DYNAMODB_SDK,
)
PUBLISH = Integration("arn:aws:states:::sns:publish", "sns:Publish", "TopicArn", SNS)
START = Integration(
    "arn:aws:states:::states:startExecution", "states:StartExecution", "StateMachineArn", STATES
)
INTEGRATIONS = {each.resource: each for each in (INVOKE, PUT_ITEM, UPDATE_ITEM, AWAIT, PUBLISH, START)}

"""The services that the state machine calls by itself, and the faults of theirs that heal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Integration:
    """One service call: its resource, the permission it takes, the argument that names its target.

    ``transient`` lists the platform's own errors that are worth another try.
    """

    resource: str
    permission: str
    target: str
    transient: tuple[str, ...]


# The Step Functions guide, "Handle transient Lambda service exceptions", and what a lost sandbox reports.
LAMBDA_TRANSIENT = (
    "Lambda.AWSLambdaException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Sandbox.Timedout",
    "States.Timeout",
)
DYNAMODB_TRANSIENT = (
    "DynamoDB.InternalServerErrorException",
    "DynamoDB.ProvisionedThroughputExceededException",
    "DynamoDB.RequestLimitExceededException",
    "DynamoDB.SdkClientException",
    "DynamoDB.ThrottlingException",
    "States.Timeout",
)
SNS_TRANSIENT = (
    "SNS.InternalErrorException",
    "SNS.SdkClientException",
    "SNS.ThrottledException",
    "States.Timeout",
)

INVOKE = Integration(
    "arn:aws:states:::lambda:invoke", "lambda:InvokeFunction", "FunctionName", LAMBDA_TRANSIENT
)
PUT_ITEM = Integration(
    "arn:aws:states:::dynamodb:putItem", "dynamodb:PutItem", "TableName", DYNAMODB_TRANSIENT
)
UPDATE_ITEM = Integration(
    "arn:aws:states:::dynamodb:updateItem", "dynamodb:UpdateItem", "TableName", DYNAMODB_TRANSIENT
)
PUBLISH = Integration("arn:aws:states:::sns:publish", "sns:Publish", "TopicArn", SNS_TRANSIENT)
INTEGRATIONS = {each.resource: each for each in (INVOKE, PUT_ITEM, UPDATE_ITEM, PUBLISH)}

"""CloudFront's access log, without anything that opens a result."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.aws.partition import CLOUDFRONT_REGION

# Neither paths nor queries, referrers nor cookies: whoever has the address of a result can fetch it.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
FIELDS = (
    "date",
    "time",
    "x-edge-location",
    "c-ip",
    "cs-method",
    "sc-status",
    "sc-bytes",
    "time-taken",
    "x-edge-result-type",
    "x-edge-request-id",
    "cs-protocol",
    "ssl-protocol",
)


def log_access(
    name: str, distribution: pulumi.Output[str], retention_days: int, opts: pulumi.ResourceOptions
) -> None:
    """Have CloudFront log the requests to a distribution, by its ARN, into a log group of us-east-1."""
    group = aws.cloudwatch.LogGroup(
        f"{name}-access",
        # Under this prefix the log group's name is not written into a resource policy of limited length.
        name_prefix=f"/aws/vendedlogs/cloudfront/{name}-",
        retention_in_days=retention_days,
        region=CLOUDFRONT_REGION,
        opts=opts,
    )
    source = aws.cloudwatch.LogDeliverySource(
        f"{name}-access",
        log_type="ACCESS_LOGS",
        resource_arn=distribution,
        region=CLOUDFRONT_REGION,
        opts=opts,
    )
    destination = aws.cloudwatch.LogDeliveryDestination(
        f"{name}-access",
        output_format="json",
        delivery_destination_configuration={"destination_resource_arn": group.arn},
        region=CLOUDFRONT_REGION,
        opts=opts,
    )
    aws.cloudwatch.LogDelivery(
        f"{name}-access",
        delivery_source_name=source.name,
        delivery_destination_arn=destination.arn,
        record_fields=list(FIELDS),
        region=CLOUDFRONT_REGION,
        opts=opts,
    )

"""Refuse regions outside the partition ``aws``, whose ARNs, endpoints and prices are others."""

from __future__ import annotations

import os

import pulumi

# Where all that CloudFront uses is, certificates, web ACLs and logs, whatever the region of the stack.
CLOUDFRONT_REGION = "us-east-1"

# By the beginning of a region's name: botocore's endpoints.json.
OTHERS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}


def check_partition() -> None:
    """Check the region that the provider will use, as far as config and environment name one.

    Raises:
        pulumi.RunError: It belongs to another partition.
    """
    region = pulumi.Config("aws").get("region") or os.environ.get("AWS_REGION", "")
    for beginning, partition in OTHERS.items():
        if region.startswith(beginning):
            raise pulumi.RunError(
                f"The region {region} belongs to the partition {partition}. Twinlens deploys to the "
                "partition aws only: set aws:region to one of its regions, for example us-east-1."
            )

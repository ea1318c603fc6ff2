"""AWS WAF before the CDN: a limit for each address, and AWS's own rules."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.aws.partition import CLOUDFRONT_REGION
from components.front_door_settings import RATE_LIMIT, RATE_MINUTES

# Groups without a fee beyond that of a rule, in the order in which they look at a request:
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
# With the limit they take 927 of the 1,500 capacity units that are included.
GROUPS = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesCommonRuleSet",
)


def web_acl(name: str, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """Make a web ACL for a distribution and return its ARN.

    It blocks an address that asks more than :data:`RATE_LIMIT` times in :data:`RATE_MINUTES` minutes, and
    what AWS's managed groups block. It keeps no samples of requests, which would have addresses of results.
    """
    limit: aws.wafv2.WebAclRuleArgsDict = {
        "name": "rate",
        "priority": 0,
        "action": {"block": {}},
        "statement": {
            "rate_based_statement": {
                "aggregate_key_type": "IP",
                "evaluation_window_sec": RATE_MINUTES * 60,
                "limit": RATE_LIMIT,
            }
        },
        "visibility_config": _counted("rate"),
    }
    managed: list[aws.wafv2.WebAclRuleArgsDict] = [
        {
            "name": group,
            "priority": priority,
            "override_action": {"none": {}},
            "statement": {"managed_rule_group_statement": {"vendor_name": "AWS", "name": group}},
            "visibility_config": _counted(group),
        }
        for priority, group in enumerate(GROUPS, 1)
    ]
    acl = aws.wafv2.WebAcl(
        name,
        scope="CLOUDFRONT",
        region=CLOUDFRONT_REGION,
        default_action={"allow": {}},
        rules=[limit, *managed],
        visibility_config=_counted(name),
        opts=opts,
    )
    return acl.arn


def _counted(metric: str) -> aws.wafv2.WebAclRuleVisibilityConfigArgsDict:
    return {"cloudwatch_metrics_enabled": True, "metric_name": metric, "sampled_requests_enabled": False}

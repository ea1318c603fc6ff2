"""Front Door's firewall before the CDN: a limit for each address, and no request but to read.

Managed rules are in the Premium tier, for $330 a month instead of $35. They look for attacks on applications,
and behind this CDN are files only.
"""

from __future__ import annotations

import re

import pulumi
from pulumi_azure_native import cdn, frontdoor

from components.front_door_settings import RATE_LIMIT, RATE_MINUTES

GLOBAL = "Global"  # where everything of Front Door is, whatever the region of the group
BLOCK = frontdoor.ActionType.BLOCK


def protect(
    name: str,
    group: pulumi.Input[str],
    profile: cdn.Profile,
    domains: list[pulumi.Output[str]],
    opts: pulumi.ResourceOptions,
) -> None:
    """Put a firewall before these domains of a profile of Front Door.

    It blocks an address that asks more than :data:`RATE_LIMIT` times in :data:`RATE_MINUTES` minutes.
    """
    policy = frontdoor.Policy(
        re.sub("[^a-z0-9]", "", f"{name}firewall"),  # a name of letters and digits, to which Pulumi adds some
        resource_group_name=group,
        location=GLOBAL,
        sku={"name": frontdoor.SkuName.STANDARD_AZURE_FRONT_DOOR},
        policy_settings={
            "enabled_state": frontdoor.PolicyEnabledState.ENABLED,
            "mode": frontdoor.PolicyMode.PREVENTION,
        },
        custom_rules={"rules": [_only_reading(), _rate_limit()]},
        opts=opts,
    )
    cdn.SecurityPolicy(
        f"{name}-firewall",
        resource_group_name=group,
        profile_name=profile.name,
        security_policy_name="firewall",
        parameters={
            "type": "WebApplicationFirewall",
            "waf_policy": {"id": policy.id},
            "associations": [{"domains": [{"id": each} for each in domains], "patterns_to_match": ["/*"]}],
        },
        opts=opts,
    )


def _only_reading() -> frontdoor.CustomRuleArgsDict:
    return {
        "name": "methods",
        "priority": 1,
        "rule_type": frontdoor.RuleType.MATCH_RULE,
        "action": BLOCK,
        "match_conditions": [
            {
                "match_variable": "RequestMethod",
                "operator": frontdoor.Operator.EQUAL,
                "negate_condition": True,
                "match_value": ["GET", "HEAD"],
            }
        ],
    }


def _rate_limit() -> frontdoor.CustomRuleArgsDict:
    return {
        "name": "rate",
        "priority": 2,
        "rule_type": frontdoor.RuleType.RATE_LIMIT_RULE,
        "rate_limit_duration_in_minutes": RATE_MINUTES,
        "rate_limit_threshold": RATE_LIMIT,
        "group_by": [{"variable_name": frontdoor.VariableName.SOCKET_ADDR}],
        "action": BLOCK,
        # A limit needs a condition: every address.
        "match_conditions": [
            {
                "match_variable": "SocketAddr",
                "operator": frontdoor.Operator.IP_MATCH,
                "match_value": ["0.0.0.0/0", "::/0"],
            }
        ],
    }

"""WAF: web ACLs, which MiniStack records and no emulator enforces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.providers.aws.cloud import CLOUDFRONT_REGION, client, region
from local.providers.aws.resource import AwsResource
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties

CLOUDFRONT = "CLOUDFRONT"
SERVED = {"defaultAction", "name", "region", "rules", "scope", "tags", "visibilityConfig"}
STATEMENTS = {"managedRuleGroupStatement", "rateBasedStatement"}
# Where capitals alone do not make the API's name.
THEIRS = {"cloudwatchMetricsEnabled": "CloudWatchMetricsEnabled"}


class WebAcl(AwsResource):
    """``aws.wafv2.WebAcl``; an ACL of CloudFront is in us-east-1, whatever the stack's region."""

    kind = "aws:wafv2/webAcl:WebAcl"
    auto_name = AutoName(max_length=128)
    replace_on = frozenset({"name", "scope"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        for name in sorted(inputs.keys() - SERVED):
            if inputs[name]:
                yield Fault(name, f"the local stand-in does not serve {name}.")
        for rule in inputs.get("rules", ()):
            for name in sorted(rule["statement"].keys() - STATEMENTS):
                yield Fault("rules", f"the local stand-in does not serve the {name} of {rule['name']!r}.")
        if inputs["scope"] == CLOUDFRONT and inputs.get("region", region()) != CLOUDFRONT_REGION:
            yield Fault("region", f"a web ACL of CloudFront is in {CLOUDFRONT_REGION}.")

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        made = client("wafv2").create_web_acl(**_acl(inputs))["Summary"]
        return made["Id"], {"arn": made["ARN"], "lockToken": made["LockToken"], "region": CLOUDFRONT_REGION}

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        tag = self._read(identity, state)["LockToken"]
        made = client("wafv2").update_web_acl(Id=identity, LockToken=tag, **_acl(inputs))
        return {"lockToken": made["NextLockToken"]}

    def find(self, identity: str, state: Properties) -> object:
        return self._read(identity, state)

    def remove(self, identity: str, state: Properties) -> None:
        tag = self._read(identity, state)["LockToken"]
        client("wafv2").delete_web_acl(Id=identity, Name=state["name"], Scope=state["scope"], LockToken=tag)

    def _read(self, identity: str, state: Properties) -> Any:
        return client("wafv2").get_web_acl(Id=identity, Name=state["name"], Scope=state["scope"])


def _acl(inputs: Properties) -> Any:
    return _theirs({name: inputs[name] for name in sorted(SERVED - {"region", "tags"}) if name in inputs})


def _theirs(value: Any) -> Any:
    """Return a value with the API's names; what is given and has no settings is an empty object there."""
    if isinstance(value, list):
        return [_theirs(each) for each in value]
    if isinstance(value, dict):
        return {
            THEIRS.get(name, f"{name[:1].upper()}{name[1:]}"): _theirs(each) for name, each in value.items()
        }
    return value


RESOURCES = (WebAcl,)

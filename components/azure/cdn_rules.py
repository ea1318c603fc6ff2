"""The actions of Front Door's rules that the CDN uses.

Source: learn.microsoft.com, "Azure Front Door rules actions". Objects and not dictionaries, in which Pulumi
leaves the keys as they are where one of several types may stand.
"""

from __future__ import annotations

import pulumi
from pulumi_azure_native import cdn

from web.files import HSTS_SECONDS, SAFE_HEADERS

type Action = (
    cdn.DeliveryRuleRequestHeaderActionArgs
    | cdn.DeliveryRuleResponseHeaderActionArgs
    | cdn.UrlRewriteActionArgs
)


def request_header(name: str, value: str) -> Action:
    """Return the action that sets a header of what is asked of the origin."""
    return cdn.DeliveryRuleRequestHeaderActionArgs(
        name="ModifyRequestHeader", parameters=_header(name, value)
    )


def response_header(name: str, value: pulumi.Input[str]) -> Action:
    """Return the action that sets a header of the answer."""
    return cdn.DeliveryRuleResponseHeaderActionArgs(
        name="ModifyResponseHeader", parameters=_header(name, value)
    )


def safe_answer(policy: pulumi.Input[str]) -> list[Action]:
    """Return the actions that give an answer this Content Security Policy, and what all answers need."""
    headers: dict[str, pulumi.Input[str]] = {
        **SAFE_HEADERS,
        "Content-Security-Policy": policy,
        "Strict-Transport-Security": f"max-age={HSTS_SECONDS}",
    }
    return [response_header(*each) for each in headers.items()]


def rewrite(path: str) -> Action:
    """Return the action that asks the origin for this path, whatever was asked for."""
    return cdn.UrlRewriteActionArgs(
        name="UrlRewrite",
        parameters=cdn.UrlRewriteActionParametersArgs(
            type_name="DeliveryRuleUrlRewriteActionParameters",
            source_pattern="/",
            destination=path,
            preserve_unmatched_path=False,
        ),
    )


def _header(name: str, value: pulumi.Input[str]) -> cdn.HeaderActionParametersArgs:
    return cdn.HeaderActionParametersArgs(
        type_name="DeliveryRuleHeaderActionParameters",
        header_action=cdn.HeaderAction.OVERWRITE,
        header_name=name,
        value=value,
    )

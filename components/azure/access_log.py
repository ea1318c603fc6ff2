"""Front Door's access log, without anything that opens a result."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import cdn, monitor

# What the access log leaves out: whoever has the address of a result can fetch it.
SCRUBBED: list[cdn.ProfileScrubbingRulesArgsDict] = [
    {
        "match_variable": each,
        "selector_match_operator": cdn.ScrubbingRuleEntryMatchOperator.EQUALS_ANY,
        "state": cdn.ScrubbingRuleEntryState.ENABLED,
    }
    for each in (
        cdn.ScrubbingRuleEntryMatchVariable.REQUEST_URI,
        cdn.ScrubbingRuleEntryMatchVariable.QUERY_STRING_ARG_NAMES,
    )
]


def log_access(
    name: str, profile: cdn.Profile, workspace: pulumi.Output[str], opts: pulumi.ResourceOptions
) -> None:
    """Log the requests to a profile into a workspace, which keeps them as long as its other logs."""
    monitor.DiagnosticSetting(
        f"{name}-access",
        resource_uri=profile.id,
        name="access",
        workspace_id=workspace,
        logs=[{"category": "FrontDoorAccessLog", "enabled": True}],
        opts=opts,
    )

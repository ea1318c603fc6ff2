"""What a deployer on Azure needs for a front door, in addition to the rest."""

from __future__ import annotations

from components.azure.front_door import ADD, DELEGATOR

# Built in, with `Microsoft.Cdn/profiles/*` and `Microsoft.Cdn/operationresults/*`: learn.microsoft.com,
# "Azure built-in roles". Nobody lists which operations poll those of Front Door.
BUILT_IN = "CDN Profile Contributor"
COVERED = "Microsoft.Cdn/profiles"
UPLOAD_ROLE = "UPLOAD_ROLE_ID"
FIREWALL = "Microsoft.Network/frontDoorWebApplicationFirewallPolicies"
DIAGNOSTICS = "Microsoft.Insights/diagnosticSettings"

OPERATIONS = (
    *(f"{kind}/{verb}" for kind in (FIREWALL, DIAGNOSTICS) for verb in ("delete", "read", "write")),
    f"{FIREWALL}/join/action",  # to put it before a profile
)
# The role by which the app signs addresses that take an upload. An owner defines it, once in a subscription.
UPLOADS = {
    "Name": "Twinlens upload adder",
    "IsCustom": True,
    "Description": "Create blobs, and neither read, overwrite nor delete them.",
    "Actions": [],
    "NotActions": [],
    "DataActions": [ADD],
    "AssignableScopes": ["/subscriptions/SUBSCRIPTION_ID"],
}
# The roles that are assigned in addition.
ASSIGNED = (DELEGATOR, UPLOAD_ROLE)

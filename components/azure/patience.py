"""Repeat operations that need a role which has been assigned, but is not in effect yet.

A new assignment takes up to ten minutes to reach all of Azure: learn.microsoft.com, "Troubleshoot Azure
RBAC", Symptom - Role assignment changes are not being detected.
"""

from __future__ import annotations

import asyncio

import pulumi
from pulumi import ErrorHook, ErrorHookArgs, ResourceHookBinding

# Seconds before each further try: twelve minutes in all.
PAUSES = (5, 10, 20, 25, *(60,) * 11)
# What Azure says of a role that is missing; One Deploy reports its own upload that was refused.
MISSING_ROLE = (
    "AuthorizationFailed",
    "AuthorizationPermissionMismatch",
    "BlobUploadFailed",
    "does not have authorization",
    "Forbidden",
    "LinkedAuthorizationFailed",
    "Unauthorized",
)


def until_roles_work(name: str) -> ResourceHookBinding:
    """Return hooks that repeat a resource's creation or update while a role is missing.

    ``name`` is unique in the stack.
    """
    return ResourceHookBinding(on_error=[ErrorHook(f"{name}-until-roles-work", again)])


def lacks_a_role(error: str) -> bool:
    """Return whether Azure's message says that a role is missing."""
    return any(sign.lower() in error.lower() for sign in MISSING_ROLE)


async def again(failed: ErrorHookArgs) -> bool:
    """Return whether to try again, after a pause."""
    tries, [error, *_] = len(failed.errors), failed.errors
    if failed.failed_operation == "delete" or not lacks_a_role(error) or tries > len(PAUSES):
        return False
    pause = PAUSES[tries - 1]
    pulumi.log.info(f"{failed.name}: its role is not in effect yet; trying again in {pause} s.")
    await asyncio.sleep(pause)
    return True

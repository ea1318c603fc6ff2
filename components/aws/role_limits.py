"""Set what an organization requires of every role: a permissions boundary and a path."""

from __future__ import annotations

import pulumi

ROLE = "aws:iam/role:Role"


def transformation(boundary: str, path: str) -> pulumi.ResourceTransformation:
    """Return a transformation for a component's options that sets both on all roles below it.

    An empty ``boundary`` sets none.
    """
    limits = {"path": path, **({"permissions_boundary": boundary} if boundary else {})}

    def limit(arguments: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if arguments.type_ != ROLE:
            return None
        return pulumi.ResourceTransformationResult({**arguments.props, **limits}, arguments.opts)

    return limit

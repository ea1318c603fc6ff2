"""Set tags on every resource that supports them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

import pulumi


def transformation(tags: Mapping[str, str]) -> pulumi.ResourceTransformation:
    """Return a transformation for a component's options that sets the tags on all resources below it."""

    def add(arguments: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        constructor = getattr(type(arguments.resource), "_internal_init", None)
        if constructor is None or "tags" not in inspect.signature(constructor).parameters:
            return None
        return pulumi.ResourceTransformationResult({**arguments.props, "tags": dict(tags)}, arguments.opts)

    return add

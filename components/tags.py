"""Tags on every resource that takes them, without repeating them at each."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

import pulumi


def transformation(tags: Mapping[str, str]) -> pulumi.ResourceTransformation:
    """Return what a component's options carry so that all resources below it get the tags."""

    def add(arguments: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        constructor = getattr(type(arguments.resource), "_internal_init", None)
        if constructor is None or "tags" not in inspect.signature(constructor).parameters:
            return None
        return pulumi.ResourceTransformationResult({**arguments.props, "tags": dict(tags)}, arguments.opts)

    return add

"""Set tags on every resource that supports them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

import pulumi

# Objects are content of a bucket, which has the tags; S3 allows an object ten of them, and bills each.
UNTAGGED = {"aws:s3/bucketObjectv2:BucketObjectv2"}


def transformation(tags: Mapping[str, str]) -> pulumi.ResourceTransformation:
    """Return a transformation for a component's options that sets the tags on all resources below it.

    Only the contents of buckets have none.
    """

    def add(arguments: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if arguments.type_ in UNTAGGED:
            return None
        constructor = getattr(type(arguments.resource), "_internal_init", None)
        if constructor is None or "tags" not in inspect.signature(constructor).parameters:
            return None
        return pulumi.ResourceTransformationResult({**arguments.props, "tags": dict(tags)}, arguments.opts)

    return add

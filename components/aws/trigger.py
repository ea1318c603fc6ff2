"""The rule for uploads: from an upload to an execution, with a queue for undelivered events."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from components.aws.event_rule import EventRule


def on_upload(
    name: str,
    bucket: pulumi.Input[str],
    prefix: str,
    suffixes: Sequence[str],
    workflow: pulumi.Input[str],
    action: str,
    opts: pulumi.ResourceOptions,
) -> EventRule:
    """Start the workflow by ``action`` on uploads under ``prefix`` whose name ends in one of ``suffixes``."""
    return EventRule(
        name,
        "An upload starts the photo workflow.",
        bucket,
        lambda known: event_pattern(known, prefix, suffixes),
        workflow,
        action,
        opts=opts,
    )


def event_pattern(bucket: str, prefix: str, suffixes: Sequence[str]) -> dict[str, object]:
    """Return the EventBridge pattern for uploads.

    A prefix and a suffix of one field can only be combined by wildcards, one for each spelling of each
    suffix, and EventBridge rejects so many as too complex. So a rule with a prefix matches only the prefix,
    and the workflow's first state checks the suffix.
    """
    if prefix:
        keys: list[object] = [{"prefix": prefix}]
    else:
        keys = [{"suffix": {"equals-ignore-case": suffix}} for suffix in suffixes]
    return {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [bucket]}, "object": {"key": keys}},
    }

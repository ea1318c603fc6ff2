"""Compile the workflow's retry tables, with the names that a service has for the platform's errors."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from components.aws.state_machine.integrations import Integration
from components.aws.state_machine.references import Definition
from core.workflow.retries import Retry


def retries(tables: Iterable[Retry], integration: Integration) -> Definition:
    """Return the retry tables of a task that calls this integration."""
    compiled = [_table(each, integration) for each in tables]
    return {"Retry": compiled} if compiled else {}


def _table(retry: Retry, integration: Integration) -> Definition:
    named = (integration.platform.get(error, (error,)) for error in retry.errors)
    longest = {} if retry.max_interval is None else {"MaxDelaySeconds": retry.max_interval}
    return {
        "ErrorEquals": list(chain(*named)),
        "IntervalSeconds": retry.interval,
        "MaxAttempts": retry.max_attempts,
        "BackoffRate": retry.backoff_rate,
        **longest,
        "JitterStrategy": retry.jitter.upper(),
    }

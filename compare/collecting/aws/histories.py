"""Execution histories of a Standard workflow: states entered, tasks retried, functions called.

Source: Step Functions API reference, GetExecutionHistory and HistoryEvent. Histories are kept for 90 days.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from compare.collecting.asking import Unreported
from compare.collecting.aws.calls import translated

CALLERS = 4  # concurrent requests: the API allows about twenty a second
ENDS = frozenset({"ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"})
SCHEDULED = frozenset({"TaskScheduled", "LambdaFunctionScheduled", "ActivityScheduled"})
REQUEST_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class History:
    """One execution: states entered, retried task runs, function calls and their request ids.

    A task that runs more often than it is entered was retried. (MiniStack reports no entries into the tasks
    of branches; these are counted by their runs instead.)
    """

    states: int
    again: int
    calls: int
    requests: frozenset[str]


def histories(states: Any, executions: Iterable[str]) -> list[History]:
    """Read the histories of ``executions``.

    Raises:
        Unreported: A history was deleted, has not ended, is not permitted to be read, or reading failed.
    """
    with ThreadPoolExecutor(CALLERS) as callers:
        return list(callers.map(lambda execution: summed_up(events(states, execution)), executions))


def events(states: Any, execution: str) -> list[Mapping[str, Any]]:
    """Return an execution's events from all pages.

    Raises:
        Unreported: The history was deleted, is not permitted to be read, or reading failed.
    """

    def pages() -> Iterator[Mapping[str, Any]]:
        paginator = states.get_paginator("get_execution_history")
        for page in paginator.paginate(executionArn=execution, PaginationConfig={"PageSize": 1000}):
            yield from page["events"]

    with translated("states:GetExecutionHistory"):
        return list(pages())


def summed_up(happened: Iterable[Mapping[str, Any]]) -> History:
    """Summarize the events of an execution.

    Raises:
        Unreported: The execution has not ended.
    """
    entered = tasks = scheduled = calls = 0
    requests: set[str] = set()
    ended = False
    for event in happened:
        kind = event["type"]
        ended |= kind in ENDS
        entered += kind.endswith("StateEntered")
        tasks += kind == "TaskStateEntered"
        scheduled += kind in SCHEDULED
        calls += kind == "TaskScheduled" and _invokes(event["taskScheduledEventDetails"])
        for details in ("taskSucceededEventDetails", "taskFailedEventDetails", "taskTimedOutEventDetails"):
            if details in event and _invokes(event[details]):
                requests |= _request(event[details])
    if not ended:
        raise Unreported("An execution of the run has not ended.", again=True)
    return History(entered, max(0, scheduled - tasks), calls, frozenset(requests))


def _invokes(details: Mapping[str, Any]) -> bool:
    """Return whether the details are those of ``lambda:invoke``, in either notation."""
    return details.get("resourceType") == "lambda" or ":lambda:" in details.get("resource", "")


def _request(details: Mapping[str, Any]) -> set[str]:
    """Return the Lambda request id in a task's last event: in the SDK's metadata, or in the error's cause."""
    if "output" in details:
        output = json.loads(details["output"])
        metadata = output.get("SdkResponseMetadata", {}) if isinstance(output, dict) else {}
        return {metadata["RequestId"]} if "RequestId" in metadata else set()
    found = REQUEST_ID.search(details.get("cause", ""))
    return {found[0]} if found else set()

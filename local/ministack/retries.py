"""Wait between the attempts of a task as Step Functions does.

MiniStack 1.5.33 ignores MaxDelaySeconds and JitterStrategy, and does not name a throttled call as AWS does.
All jobs of a burst would retry at the same moments, and be throttled again.
"""

from __future__ import annotations

import random
from typing import Any

from ministack.services import lambda_svc, stepfunctions

THROTTLED = "Lambda.TooManyRequestsException"

Table = dict[str, Any]


def wait() -> None:
    """Patch MiniStack to follow the whole retry table, and to name a throttled call."""
    throttled = lambda_svc._throttle_response

    def named(reason_code: str, msg: str, retry_after: int = 1) -> dict[str, Any]:
        response: dict[str, Any] = throttled(reason_code, msg, retry_after)
        return response | {"body": {**response["body"], "errorType": THROTTLED, "errorMessage": msg}}

    matching = stepfunctions._find_matching_retrier

    def drawn(tables: list[Table], error: str, counts: dict[int, int]) -> tuple[Table | None, int]:
        table, number = matching(tables, error, counts)
        return (
            table and table | {"IntervalSeconds": seconds(table, counts.get(number, 0)), "BackoffRate": 1}
        ), number

    lambda_svc._throttle_response = named
    stepfunctions._find_matching_retrier = drawn


def seconds(table: Table, retries: int) -> float:
    """Return how long to wait before the next retry, after so many by this table."""
    longest = float(table.get("MaxDelaySeconds", "inf"))
    full: float = min(
        table.get("IntervalSeconds", 1) * table.get("BackoffRate", 2.0) ** min(retries, 99), longest
    )
    return full * random.random() if table.get("JitterStrategy") == "FULL" else full  # noqa: S311

"""Throttle an HTTP API as its stage says, and call functions for it within the capacity of one machine.

MiniStack 1.5.33 knows a stage's limits and does not apply them. It starts a process for each concurrent call.
API Gateway answers what is beyond the limits with 429, by a token bucket (API Gateway developer guide,
"Throttle requests to your HTTP APIs for better throughput in API Gateway").
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from ministack.services import apigateway

CALLS_AT_ONCE = 20  # of functions; the others wait for their turn, which AWS does not make them

type Answer = tuple[int, dict[str, Any], bytes]


@dataclass
class Bucket:
    """Tokens of one stage: ``rate`` a second come, up to ``burst``."""

    rate: float
    burst: float
    tokens: float
    moment: float = field(default_factory=time.monotonic)

    def take(self) -> bool:
        """Return whether there was a token, and take it."""
        moment = time.monotonic()
        self.tokens = min(self.burst, self.tokens + (moment - self.moment) * self.rate)
        self.moment = moment
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


def throttle() -> None:
    """Patch MiniStack to refuse calls beyond a stage's limits, and to let functions be called in turn."""
    invoke: Callable[..., Awaitable[Answer]] = apigateway._invoke_lambda_proxy
    buckets: dict[tuple[str, str], Bucket] = {}
    turns = asyncio.Semaphore(CALLS_AT_ONCE)

    async def throttled(integration: Any, api: str, stage: str, *request: Any, **more: Any) -> Answer:
        limits = apigateway._stages.get(api, {}).get(stage, {}).get("defaultRouteSettings", {})
        rate, burst = limits.get("throttlingRateLimit"), limits.get("throttlingBurstLimit")
        if rate and burst:
            held = buckets.get((api, stage))
            if held is None or (held.rate, held.burst) != (rate, burst):
                held = buckets[api, stage] = Bucket(rate, burst, burst)
            if not held.take():
                headers = {"Content-Type": "application/json"}
                return 429, headers, json.dumps({"message": "Too Many Requests"}).encode()
        async with turns:
            return await invoke(integration, api, stage, *request, **more)

    apigateway._invoke_lambda_proxy = throttled

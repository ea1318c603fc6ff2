"""botocore clients: created once, on first use, with a single quick retry."""

from __future__ import annotations

import os
from functools import cache
from threading import Lock

from botocore.client import BaseClient
from botocore.config import Config
from botocore.session import Session

from core.deployment.variables import CHAOS

# The workflow retries a step after 3 s or more, so the SDK retries only once:
# three attempts of a step are at most six requests. ``max_attempts`` here includes the first one.
CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 2},
    connect_timeout=3,
    read_timeout=10,
    tcp_keepalive=True,
)

_making = Lock()  # creating clients is not thread-safe, using them is


@cache
def client(service: str) -> BaseClient:
    """Return this process's client of a service ("s3"); region and endpoint are as botocore finds them.

    boto3 would return the same client, after importing 50 % more modules.
    """
    with _making:
        made = _session().create_client(service, config=CONFIG)
    if os.environ.get(CHAOS):
        # Imported here: only a deployment under test has it.
        from handlers.aws.chaos import unsettle

        unsettle(made)
    return made


@cache
def _session() -> Session:
    return Session()

"""botocore clients: made once, on first use, with few and quick retries of their own."""

from __future__ import annotations

import os
from functools import cache
from threading import Lock

from botocore.client import BaseClient
from botocore.config import Config
from botocore.session import Session

from core.deployment.variables import CHAOS

# The workflow tries a step again after 3 s and more, so the SDK makes only one further try by itself:
# three tries of a step are at most six requests. ``max_attempts`` here counts the first one too.
CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 2},
    connect_timeout=3,
    read_timeout=10,
    tcp_keepalive=True,
)

_making = Lock()  # a session makes one client at a time; a client may be used by several threads


@cache
def client(service: str) -> BaseClient:
    """Return this process's client of a service ("s3"); region and endpoint are as botocore finds them.

    boto3 would give the same client, after importing half as many modules again.
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

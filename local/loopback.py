"""Requests to this machine take no proxy."""

from __future__ import annotations

import os

HOSTS = ("127.0.0.1", "localhost")


def direct() -> dict[str, str]:
    """Return the variables that keep requests to this machine away from a proxy, in addition to others."""
    said = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    hosts = ",".join(dict.fromkeys((*filter(None, said.split(",")), *HOSTS)))
    return {"no_proxy": hosts, "NO_PROXY": hosts}

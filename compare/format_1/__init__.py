"""Runs of format 1, which do not contain their workflow: the workflow of that time is kept here as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FORMAT = 1
GRANULARITIES = ("stepwise", "fused")


def workflow(granularity: str) -> Mapping[str, Any]:
    """Return the workflow of a run of format 1, as a document of :mod:`core.workflow.document`.

    An unknown granularity has an empty workflow.
    """
    if granularity not in GRANULARITIES:
        return {}
    document: Mapping[str, Any] = json.loads((Path(__file__).parent / f"{granularity}.json").read_bytes())
    return document

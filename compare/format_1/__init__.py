"""Runs of format 1, which carry no workflow: each ran the pipeline of its time, kept here as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FORMAT = 1
GRANULARITIES = ("stepwise", "fused")


def workflow(granularity: str) -> Mapping[str, Any]:
    """Return the workflow that a run of format 1 ran, as :mod:`core.workflow.document` has it.

    An unknown granularity had none: its workflow is empty.
    """
    if granularity not in GRANULARITIES:
        return {}
    document: Mapping[str, Any] = json.loads((Path(__file__).parent / f"{granularity}.json").read_bytes())
    return document

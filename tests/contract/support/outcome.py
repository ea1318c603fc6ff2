"""What a delivery of an upload led to, in terms that both clouds share."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# What no two runs have in common.
MOMENTS = ("execution", "uploaded_at", "accepted_at")
REVIEW_COLUMNS = ("decision", "reason", "link_hash")
AGAIN = "the same upload again"  # a delivery of its own, beside the scenarios

CONTAINER, ETAG, SIZE, RECIPE = "uploads", "0x8DC4BCC2E4835C1", 412_346, "gallery"


@dataclass(frozen=True)
class Outcome:
    """How one delivery ended.

    ``end`` is the final job document or, of an execution that the platform counts as failed, its error;
    ``row`` the ledger row without its moments, ``notifications`` what was sent as (topic, message).
    """

    end: dict[str, Any] | str
    row: dict[str, Any]
    notifications: list[tuple[str, dict[str, Any]]]


def timeless(document: dict[str, Any]) -> dict[str, Any]:
    """Return a job document without what differs from run to run; of its trace, step and attempt remain."""
    kept = {name: value for name, value in document.items() if name not in MOMENTS}
    trace = [(entry["step"], entry["attempt"]) for entry in document["trace"]]
    return {**reviewed(kept), "trace": trace}


def reviewed(content: dict[str, Any]) -> dict[str, Any]:
    """Return a document or a message with whether the moments of its review are there, not when."""
    if "review" not in content:
        return content
    moments = {name: bool(content["review"][name]) for name in ("asked_at", "deadline", "ended_at")}
    return {**content, "review": {**content["review"], **moments}}


def timeless_row(columns: dict[str, Any]) -> dict[str, Any]:
    """Return a ledger row with its document parsed, and of its moments only whether they are there."""
    moments = {name: bool(columns[name]) for name in ("execution", "claimed_at", "updated_at", "uploaded_at")}
    # One table stores what is empty, the other leaves it out.
    known = {name: value for name, value in columns.items() if name not in REVIEW_COLUMNS or value}
    return {**known, **moments, "document": timeless(json.loads(columns["document"]))}


def notifications(topic: str, messages: Iterable[str]) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Return the messages of a topic by their upload's key."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for each in map(json.loads, messages):
        found.setdefault(each["source"]["key"], []).append((topic, reviewed(each)))
    return found


def calls(file: Path) -> dict[str, Counter[str]]:
    """Return how often each step was called, by the upload's key."""
    counted: dict[str, Counter[str]] = {}
    for line in file.read_text().splitlines():
        key, step = line.split("\t")
        counted.setdefault(key, Counter())[step] += 1
    return counted

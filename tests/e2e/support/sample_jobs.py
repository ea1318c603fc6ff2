"""The sample photos' jobs, and what has to be true of them on whichever stack they ran."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from bench.demo import REJECTED, SAMPLES
from bench.sending import follow, send_together
from bench.stack import DeployedStack
from core.job import Artifact, Job
from core.ledger import LedgerRow

PHOTOS = sorted(path for path in SAMPLES.iterdir() if path.suffix != ".md")
GOOD = [path for path in PHOTOS if path.name not in REJECTED]
BAD = [path for path in PHOTOS if path.name in REJECTED]
TIMEOUT_SECONDS = 600

Rows = dict[tuple[str, str], LedgerRow]


def run(deployments: Sequence[DeployedStack], folder: str) -> Rows:
    """Upload every sample into every stack; return the ledger rows by photo and stack once all have ended."""
    uploads = send_together(
        [(each, photo, f"{folder}/{photo.name}") for photo in PHOTOS for each in deployments]
    )
    found = follow(uploads, TIMEOUT_SECONDS, lambda _: None)
    assert len(found) == len(uploads), "jobs did not end"
    return {(upload.photo.name, upload.deployment.stack): row for upload, row in found.items()}


def outputs(deployment: DeployedStack, row: LedgerRow) -> dict[str, bytes]:
    """Return the outputs of a job that has to have succeeded, by their names."""
    assert row.state == "succeeded", (row.document["source"]["key"], deployment.stack, row.document["error"])
    artifacts: Sequence[Artifact] = Job.from_document(row.document).artifacts
    assert artifacts
    read = {each.name: deployment.read_output(each.key) for each in artifacts}
    for each in artifacts:
        assert len(read[each.name]) == each.size
        assert Image.open(BytesIO(read[each.name])).size == (each.width, each.height)
    return read


def check_rejection(row: LedgerRow) -> None:
    """See that a bad photo was rejected at its first try, with a reason that a person understands."""
    assert row.state == "rejected"
    assert row.document["error"]["name"] in ("DamagedPhoto", "NotAPhoto")
    assert len(row.document["error"]["message"].split()) > 4
    assert [(each["step"], each["attempt"]) for each in row.document["trace"]] == [
        (row.document["trace"][0]["step"], 1)
    ]


def check_notification(row: LedgerRow, told: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Check that a job's end was notified once, on the right topic, with its outputs or its error."""
    ((topic, message),) = told
    assert topic == ("success" if row.state == "succeeded" else "error")
    assert message["error"] == row.document["error"]
    if row.state == "succeeded":
        assert [each["key"] for each in message["artifacts"]] == [
            each["key"] for each in row.document["artifacts"]
        ]


def check_trace(row: LedgerRow) -> None:
    """See that every step says what it took."""
    assert row.document["trace"]
    for entry in row.document["trace"]:
        assert entry["memory_mb"] > 0
        assert entry["bytes_in"] > 0, row.document["source"]["key"]
        assert entry["download_ms"] + entry["compute_ms"] + entry["upload_ms"] > 0


def same_picture(one: bytes, other: bytes) -> bool:
    """Tell whether two files show the same: another processor's codec may round a few pixels otherwise."""
    pictures = [Image.open(BytesIO(each)).convert("RGB") for each in (one, other)]
    if pictures[0].size != pictures[1].size:
        return False
    pairs = zip(pictures[0].tobytes(), pictures[1].tobytes(), strict=True)
    return sum(abs(a - b) for a, b in pairs) <= len(pictures[0].tobytes())


def named(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by their names."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}

"""Queue messages with storage events become jobs, whatever the blob's name."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.job import job_id
from handlers.azure.events import instance_id, job_from

EVENTS = Path(__file__).parents[3] / "events"
SAMPLES = [
    (schema, name, event)
    for schema in ("event_grid_blob_created", "cloud_event_blob_created")
    for name, event in json.loads((EVENTS / f"{schema}.json").read_text()).items()
]
KEYS = {
    "plain": "incoming/beach.jpg",
    "space": "incoming/my holiday photo.jpg",
    "plus": "incoming/salt+pepper.jpg",
    "percent": "incoming/100%25 sure.jpg",
    "hash": "incoming/shot #1?.jpg",
    "unicode": "incoming/Zürich 東京 café.jpg",
    "nested": "incoming/2024/07/album one/IMG_0001.JPG",
}


def sample(**changes: Any) -> dict[str, Any]:
    return {**SAMPLES[0][2], **changes}


def encoded(event: object) -> str:
    return base64.b64encode(json.dumps(event).encode()).decode()


@pytest.mark.parametrize(
    ("schema", "name", "event"), SAMPLES, ids=[f"{each[0]}-{each[1]}" for each in SAMPLES]
)
@pytest.mark.parametrize("write", [json.dumps, encoded], ids=["plain-text", "base64"])
def test_sample_events_give_the_job_they_stand_for(schema, name, event, write):
    job = job_from(write(event), "gallery")

    assert job is not None
    assert job.source.container == "uploads"
    assert job.source.key == KEYS[name]
    assert job.source.etag == event["data"]["eTag"].strip('"')
    assert '"' not in job.source.etag
    assert job.source.size == event["data"]["contentLength"]
    assert job.id == job_id("uploads", KEYS[name], job.source.etag, "gallery")
    assert job.uploaded_at == event.get("eventTime", event.get("time"))
    assert (job.state, job.recipe, job.execution, job.accepted_at) == ("claimed", "gallery", "", "")


def test_both_schemas_give_the_same_job():
    half = len(SAMPLES) // 2
    for (_, _, grid), (_, _, cloud) in zip(SAMPLES[:half], SAMPLES[half:], strict=True):
        assert job_from(json.dumps(grid), "gallery") == job_from(json.dumps(cloud), "gallery")


@given(key=st.text(st.characters(exclude_categories=["Cs"]), min_size=1), in_base64=st.booleans())
def test_any_name_comes_through_as_it_is(key, in_base64):
    event = sample(subject=f"/blobServices/default/containers/uploads/blobs/{key}")

    job = job_from(encoded(event) if in_base64 else json.dumps(event), "gallery")

    assert job is not None
    assert job.source.key == key


@pytest.mark.parametrize("kind", ["Microsoft.Storage.BlobDeleted", "Microsoft.Storage.BlobTierChanged"])
def test_other_events_start_nothing(kind):
    assert job_from(json.dumps(sample(eventType=kind)), "gallery") is None


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("no message at all", id="neither JSON nor base64"),
        pytest.param(base64.b64encode(b"[]").decode(), id="a list of events"),
        pytest.param("{", id="broken JSON"),
        pytest.param(json.dumps(sample(subject="/blobServices/default")), id="no blob named"),
        pytest.param(json.dumps({"eventType": "Microsoft.Storage.BlobCreated"}), id="no subject"),
        pytest.param(json.dumps(sample(data={})), id="no etag"),
    ],
)
def test_a_message_that_is_no_event_is_refused(message):
    with pytest.raises(ValueError, match=r"."):
        job_from(message, "gallery")


def test_one_message_always_starts_the_same_orchestration():
    job = job_from(json.dumps(sample()), "gallery")
    assert job is not None

    first = instance_id(job, "message-1")

    assert first == instance_id(job, "message-1")
    assert first != instance_id(job, "message-2")
    assert first.startswith(f"{job.id}-")
    assert len(first) == len(job.id) + 9

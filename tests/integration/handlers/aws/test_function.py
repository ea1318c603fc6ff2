"""The one Lambda entry point runs the step that its environment names."""

import io
import uuid
from dataclasses import replace

import boto3
import pytest
from PIL import Image

from core import tools
from core.deployment import variables
from core.errors import ObjectMissing
from core.job import Job, Source
from handlers.aws.function import handler

JOB = Job(
    id="0" * 32,
    recipe="gallery",
    source=Source("uploads", "incoming/a b+c.jpg", "etag", 0),
    execution="arn",
    uploaded_at="2026-01-01T00:00:00Z",
    accepted_at="2026-01-01T00:00:01Z",
)


@pytest.fixture
def buckets(aws, monkeypatch):
    names = [f"{place}-{uuid.uuid4().hex[:12]}" for place in ("input", "output")]
    for name in names:
        boto3.client("s3").create_bucket(Bucket=name)
    monkeypatch.setenv(variables.INPUT_CONTAINER, names[0])
    monkeypatch.setenv(variables.OUTPUT_CONTAINER, names[1])
    monkeypatch.setenv(variables.RECIPE, "gallery")
    monkeypatch.setenv(variables.MAX_BYTES, "1000000")
    monkeypatch.setenv(variables.MAX_PIXELS, "1000000")
    tools.tools.cache_clear()
    yield names
    tools.tools.cache_clear()


def photo():
    stream = io.BytesIO()
    Image.new("RGB", (900, 300), "teal").save(stream, "JPEG")
    return stream.getvalue()


def invoke(monkeypatch, step, job, attempt=1):
    monkeypatch.setenv(variables.STEP, step)
    return handler({"job": job, "attempt": attempt}, None)


def test_steps_follow_each_other_as_the_state_machine_calls_them(buckets, monkeypatch):
    stored = boto3.client("s3").put_object(Bucket=buckets[0], Key=JOB.source.key, Body=photo())
    job = replace(JOB, source=replace(JOB.source, etag=stored["ETag"].strip('"')))

    validated = invoke(monkeypatch, "validate", job.to_document())
    rendered = [invoke(monkeypatch, step, validated) for step in ("resize", "apply_filters")]
    done = Job.from_document(invoke(monkeypatch, "optimize", rendered, attempt=2))

    assert done.error is None
    assert done.photo is not None
    assert (done.photo.width, done.photo.height) == (900, 300)
    assert [(entry.step, entry.attempt) for entry in done.trace] == [
        ("validate", 1),
        ("resize", 1),
        ("apply_filters", 1),
        ("optimize", 2),
    ]
    stored = boto3.client("s3").list_objects_v2(Bucket=buckets[1], Prefix=done.output_prefix)["Contents"]
    assert {each["Key"]: each["Size"] for each in stored} == {each.key: each.size for each in done.artifacts}


def test_errors_leave_with_their_own_class(buckets, monkeypatch):
    with pytest.raises(ObjectMissing):
        invoke(monkeypatch, "resize", JOB.to_document())

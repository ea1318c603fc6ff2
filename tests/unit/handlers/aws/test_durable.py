"""The entry point of the durable function; what it does with a job is in the contract's tests."""

import json
from pathlib import Path

import pytest

from core.job import job_id
from handlers.aws.durable import job_from

EVENT = json.loads((Path(__file__).parents[3] / "events" / "s3_object_created.json").read_text())["plain"]


def test_a_job_has_the_identity_that_the_state_machine_would_give_it():
    job = job_from(EVENT, "gallery")

    found = EVENT["detail"]["object"]
    bucket = EVENT["detail"]["bucket"]["name"]
    assert job.id == job_id(bucket, found["key"], found["etag"], "gallery")
    assert (job.uploaded_at, job.state, job.source.size) == (EVENT["time"], "claimed", found["size"])


def test_what_is_no_upload_s_event_fails_and_gets_no_row():
    with pytest.raises(ValueError, match="no event of S3"):
        job_from({"detail": {}}, "gallery")

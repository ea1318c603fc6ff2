"""The same upload, told of by either cloud's event, gives the same job, whatever its key."""

import json
from dataclasses import replace
from pathlib import Path

import on_aws
import pytest

from core.job import Job, job_id
from core.workflow.model import Claim, Succeed, Task, Workflow
from handlers.azure.events import job_from

EVENTS = Path(__file__).parents[1] / "events"
INTAKE = Workflow(
    "intake",
    (Task("claim", Claim("duplicate")), Succeed("done")),
    {end: (Succeed(end),) for end in ("duplicate", "failed")},
)


def samples(name):
    return json.loads((EVENTS / f"{name}.json").read_text())


S3 = samples("s3_object_created")


@pytest.fixture(scope="module")
def aws_jobs(aws_deployment):
    """The jobs that the compiled state machine makes of the S3 events."""
    ends = aws_deployment.run(aws_deployment.machine(INTAKE), list(S3.values()))
    assert [end["status"] for end in ends] == ["SUCCEEDED"] * len(S3)
    return {
        name: (Job.from_document(json.loads(end["output"])), end) for name, end in zip(S3, ends, strict=True)
    }


@pytest.mark.parametrize("name", S3)
@pytest.mark.parametrize("schema", ["event_grid_blob_created", "cloud_event_blob_created"])
def test_the_same_upload_gives_the_same_job(aws_jobs, name, schema):
    aws, _ = aws_jobs[name]
    azure = job_from(json.dumps(samples(schema)[name]), "gallery")

    # The stores make etags of different kinds, and the event's time has another precision.
    alike = {"id": "", "execution": "", "uploaded_at": "", "accepted_at": ""}
    assert replace(azure, **alike, source=replace(azure.source, etag="")) == replace(
        aws, **alike, source=replace(aws.source, etag="")
    )
    assert azure.uploaded_at[:19] == aws.uploaded_at[:19]


@pytest.mark.parametrize("name", S3)
def test_the_compiled_intake_follows_the_core_s_rules(aws_jobs, name):
    job, execution = aws_jobs[name]
    upload = S3[name]["detail"]

    assert job.source.key == upload["object"]["key"]
    assert job.source.etag == upload["object"]["etag"]
    assert job.id == job_id(upload["bucket"]["name"], job.source.key, job.source.etag, "gallery")
    assert job.execution == execution["executionArn"]
    assert job.uploaded_at == S3[name]["time"]


def test_an_etag_in_quotes_is_the_same_upload(aws_deployment):
    plain, quoted = on_aws.upload("incoming/quoted.jpg"), on_aws.upload("incoming/quoted.jpg")
    quoted["detail"]["object"]["etag"] = f'"{quoted["detail"]["object"]["etag"]}"'

    first, second = (
        json.loads(aws_deployment.run(aws_deployment.machine(INTAKE), [event])[0]["output"])
        for event in (plain, quoted)
    )

    assert first["id"] == second["id"]
    assert second["state"] == "duplicate"

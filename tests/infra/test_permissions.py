"""The roles that the program grants, enforced: just enough for every step, and each permission is needed."""

import hashlib
import io

import pytest
from PIL import Image

from core.job import Job, Source
from core.workflow.granularity import GRANULARITIES, pipeline_in

KEY = "incoming/a b+c.jpg"


def photo():
    file = io.BytesIO()
    Image.new("RGB", (900, 300), "teal").save(file, "JPEG")
    return file.getvalue()


UPLOAD = Source("in", KEY, hashlib.md5(photo(), usedforsecurity=False).hexdigest(), len(photo()))
JOB = Job("0" * 32, "gallery", UPLOAD, "arn", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")


@pytest.fixture(scope="module")
def cloud(enforced):
    """The buckets of the mocked program, and a photo in one."""
    for bucket in ("twinlens-input", "twinlens-output"):
        enforced.client("s3").create_bucket(Bucket=bucket)
    enforced.client("s3").put_object(Bucket="twinlens-input", Key=KEY, Body=photo())
    return enforced


@pytest.fixture(scope="module")
def functions(cloud, run):
    """The steps' functions by their names."""
    graphs = {each: run({"cloud": "aws", "granularity": each}) for each in GRANULARITIES}
    return {
        step.name: cloud.function(graphs[granularity], f"twinlens-{step.name.replace('_', '-')}")
        for granularity in GRANULARITIES
        for step in pipeline_in(granularity).steps()
    }


def given(job):
    return {"job": job, "attempt": 1}


def test_every_step_can_do_its_work(functions):
    job = JOB.to_document()
    validated = functions["validate"](given(job))
    branches = [functions[each](given(validated)) for each in ("resize", "apply_filters")]
    stepwise = functions["optimize"](given(branches))
    fused = functions["process"](given(job))
    assert stepwise["artifacts"] == fused["artifacts"] != []


@pytest.mark.parametrize(
    ("name", "action"),
    [("validate", "s3:GetObject"), ("process", "s3:GetObject"), ("process", "s3:PutObject")],
)
def test_a_permission_less_is_one_too_few(functions, name, action):
    with functions[name].without(action):
        failed = functions[name](given(JOB.to_document()))
    assert failed["errorType"] == "StoreError"
    assert "AWS denies object" in failed["errorMessage"]

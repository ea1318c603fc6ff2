"""The roles that the program grants, enforced: just enough for every step, and each permission is needed."""

import hashlib
import io

import pytest
from PIL import Image

from core.job import Job, Source
from core.workflow.granularity import GRANULARITIES, pipeline_in

PREFIX = "arn:aws:s3:us-east-1:123456789012:"  # of the mocks; a real bucket's ARN names neither
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
def step(cloud, graphs):
    """Make a step's function, its role less one action; return what it makes of a job."""

    def make(granularity, name, without=""):
        logical = f"twinlens-{name.replace('_', '-')}"
        invoke = cloud.function(
            graphs[granularity], logical, without, lambda text: text.replace(PREFIX, "arn:aws:s3:::")
        )
        return lambda job: invoke({"job": job, "attempt": 1})

    return make


@pytest.fixture(scope="module")
def graphs(run):
    return {each: run({"cloud": "aws", "granularity": each}) for each in GRANULARITIES}


def test_every_step_can_do_its_work(step):
    job = JOB.to_document()
    run = {
        each.name: step(granularity, each.name)
        for granularity in GRANULARITIES
        for each in pipeline_in(granularity).steps()
    }
    validated = run["validate"](job)
    stepwise = run["optimize"]([run[each](validated) for each in ("resize", "apply_filters")])
    fused = run["process"](job)
    assert stepwise["artifacts"] == fused["artifacts"] != []


@pytest.mark.parametrize(
    ("granularity", "name", "action"),
    [
        ("stepwise", "validate", "s3:GetObject"),
        ("fused", "process", "s3:GetObject"),
        ("fused", "process", "s3:PutObject"),
    ],
)
def test_a_permission_less_is_one_too_few(step, granularity, name, action):
    failed = step(granularity, name, without=action)(JOB.to_document())
    assert failed["errorType"] == "StoreError"
    assert "AWS denies object" in failed["errorMessage"]

"""Faults between boto3 and S3: what the SDK and the store make of them."""

import uuid

import boto3
import pytest

from core import chaos
from core.chaos import during
from core.deployment.variables import CHAOS
from core.errors import StoreUnavailable
from core.job import Job, Source
from handlers.aws import chaos as unsettled
from handlers.aws import clients
from handlers.aws.stores import S3Store

JOB = Job("0" * 32, "gallery", Source("uploads", "a.jpg", "etag", 0), "arn", "", "")


@pytest.fixture
def bucket(aws):
    name = f"photos-{uuid.uuid4().hex[:12]}"
    boto3.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def storm(monkeypatch, bucket):
    """Ask for faults, in the order given; return the store under them."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)

    def ask(*faults):
        coming = list(faults)
        asked = []
        monkeypatch.setenv(CHAOS, "error=0")

        def strike():
            asked.append(1)
            return coming.pop(0) if coming else None

        monkeypatch.setattr(unsettled.chaos, "strike", strike)
        clients.client.cache_clear()
        return S3Store(bucket), asked

    yield ask
    clients.client.cache_clear()


@pytest.mark.parametrize("fault", chaos.FAULTS)
def test_one_fault_is_healed_by_the_sdk(storm, bucket, fault):
    store, asked = storm(fault)

    store.put("a", b"photo", "image/jpeg")

    assert len(asked) == 2
    assert boto3.client("s3").get_object(Bucket=bucket, Key="a")["Body"].read() == b"photo"


@pytest.mark.parametrize("fault", chaos.FAULTS)
def test_a_second_fault_is_the_workflow_s_to_heal_so_that_tries_do_not_multiply(storm, fault):
    store, asked = storm(fault, fault, fault, fault)

    with pytest.raises(StoreUnavailable):
        store.get("a", 100)

    assert len(asked) == 2


def test_a_lost_answer_comes_after_the_effect(storm, bucket):
    store, _ = storm("lost", "lost")

    with pytest.raises(StoreUnavailable):
        store.put("a", b"photo", "image/jpeg")

    assert boto3.client("s3").get_object(Bucket=bucket, Key="a")["Body"].read() == b"photo"


def test_a_calm_deployment_has_no_faults_in_its_way(aws, bucket, monkeypatch):
    monkeypatch.delenv(CHAOS, raising=False)
    monkeypatch.setattr(unsettled.chaos, "strike", lambda: pytest.fail("nobody asked"))
    clients.client.cache_clear()
    with during("resize", JOB, 1):
        S3Store(bucket).put("a", b"", "")

"""How the memory of an instance is divided between the host, its worker, uploads and pictures."""

from types import SimpleNamespace

import pytest

from components.azure.instance import HOST_MB, Instance, over_quota
from core.deployment.limits import DEFAULT_MAX_BYTES, WORKER_MB


@pytest.mark.parametrize(
    ("memory_mb", "max_mb", "activities", "photo_mb"),
    [(2048, 50, 4, 1472), (4096, 50, 8, 3320), (2048, 200, 2, 1272), (2048, 1024, 1, 648)],
)
def test_the_activities_of_an_instance_follow_from_its_memory_and_the_uploads(
    memory_mb, max_mb, activities, photo_mb
):
    assert Instance.of(memory_mb, max_mb * 2**20) == Instance(activities, photo_mb)


@pytest.mark.parametrize("max_bytes", [1, 10**6, DEFAULT_MAX_BYTES, 2**30])
@pytest.mark.parametrize("memory_mb", [2048, 4096])
def test_all_that_is_in_an_instance_fits_into_it(memory_mb, max_bytes):
    made = Instance.of(memory_mb, max_bytes)
    uploads_mb = made.activities * -(-max_bytes // 2**20)
    assert made.activities >= 1
    assert HOST_MB + WORKER_MB + uploads_mb + made.photo_mb <= memory_mb
    assert made.photo_mb > memory_mb / 4


@pytest.mark.parametrize(
    ("max_concurrency", "memory_mb", "told"),
    [
        (100, 2048, None),
        (123, 2048, None),
        (
            124,
            2048,
            "maxConcurrency 124 allows 251 instances of 2,048 MB, 251 cores; a subscription has 250 in",
        ),
        (100, 4096, "maxConcurrency 100 allows 203 instances of 4,096 MB, 406 cores"),
    ],
)
def test_more_instances_than_a_region_s_quota_are_named(max_concurrency, memory_mb, told):
    settings = SimpleNamespace(max_concurrency=max_concurrency, memory_mb=memory_mb)
    warning = over_quota(settings)
    assert warning is None if told is None else warning.startswith(told)

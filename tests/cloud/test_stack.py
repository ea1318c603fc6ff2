"""The sample photos through a stack of the user's own: the end-to-end test, on a real account.

It uploads a dozen photos under a folder of its own and leaves them there, with their outputs and ledger rows.
"""

import time
import uuid

import pytest
import sample_jobs

from bench.offline import process_photo
from core import recipes

pytestmark = pytest.mark.cloud
TOLD_SECONDS = 120


@pytest.fixture(scope="module")
def ended():
    """The ledger row of every photo; filled by the first test that asks."""
    return {}


@pytest.fixture
def rows(deployment, listener, ended):
    if not ended:
        found = sample_jobs.run([deployment], f"test-{uuid.uuid4().hex[:8]}")
        ended.update({photo: row for (photo, _), row in found.items()})
    return ended


def test_good_photos_become_what_the_core_makes_of_them(rows, deployment, tmp_path):
    recipe = recipes.load(deployment.outputs["recipe"])
    for photo in sample_jobs.GOOD:
        made = sample_jobs.outputs(deployment, rows[photo.name])
        folder = tmp_path / photo.name
        here = process_photo(photo, folder, recipe)
        assert here.state == "succeeded", here.reason
        expected = sample_jobs.named(folder)
        assert made.keys() == expected.keys()
        for name, data in made.items():
            assert data == expected[name] or sample_jobs.same_picture(data, expected[name]), (
                photo.name,
                name,
            )


def test_bad_photos_are_rejected_with_a_reason_and_not_tried_again(rows):
    for photo in sample_jobs.BAD:
        sample_jobs.check_rejection(rows[photo.name])


def test_every_job_is_announced_once(rows, listener):
    for row in rows.values():
        sample_jobs.check_notification(row, told_of(listener, row.id))


def test_every_step_tells_what_it_took(rows):
    for row in rows.values():
        sample_jobs.check_trace(row)


def told_of(listener, job):
    deadline = time.monotonic() + TOLD_SECONDS
    while time.monotonic() < deadline:
        if told := [each for each in listener.heard() if each[1]["id"] == job]:
            return told
        time.sleep(1)
    raise AssertionError(f"nothing was told of job {job} for {TOLD_SECONDS} s")

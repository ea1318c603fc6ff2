"""The same event delivered more than once makes one job and one notification."""

import pytest

from core.job import job_id

pytestmark = pytest.mark.e2e


@pytest.fixture
def identify(stand):
    outputs = stand.deployment.outputs
    return lambda key, etag: job_id(outputs["inputContainer"], key, etag, outputs["recipe"])


@pytest.fixture
def settle(stand, photo, identify):
    """Wait until the clouds came to everything delivered so far: a further upload has gone all the way."""

    def wait(name):
        key = f"incoming/control of {name}.jpg"
        stand.notified(stand.finished(identify(key, stand.deployment.connection.upload(key, photo))).id)

    return wait


def test_two_deliveries_at_once_make_one_job(stand, photo, identify, settle):
    key = "incoming/delivered twice.jpg"  # the upload delivers its own event besides
    etag = stand.deployment.connection.upload(key, photo)
    stand.deliveries.deliver(key, etag, len(photo), times=2)
    row = stand.finished(identify(key, etag))
    settle("two at once")
    assert row.state == "succeeded"
    assert [topic for topic, _ in stand.notified(row.id)] == ["success"]
    assert [each.id for each in stand.deployment.rows() if each.document["source"]["key"] == key] == [row.id]


def test_a_late_delivery_changes_nothing(stand, photo, identify, settle):
    key = "incoming/delivered late.jpg"
    etag = stand.deployment.connection.upload(key, photo)
    before = stand.finished(identify(key, etag))
    stand.notified(before.id)
    stand.deliveries.deliver(key, etag, len(photo), times=2)
    settle("late ones")
    assert stand.finished(before.id) == before
    assert len(stand.notifications(before.id)) == 1


def test_a_file_whose_name_is_no_photo_s_makes_no_job(stand, photo, settle):
    key = "incoming/notes.jpg.txt"
    etag = stand.deployment.connection.upload(key, photo)
    stand.deliveries.deliver(key, etag, len(photo), times=1)
    settle("other names")
    assert not [each for each in stand.deployment.rows() if each.document["source"]["key"] == key]

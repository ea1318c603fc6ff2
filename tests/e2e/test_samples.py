"""The sample photos through both clouds at once."""

import pytest
import sample_jobs

from bench.demo import REJECTED, SAMPLES

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def ended():
    """The ledger row of every photo on every stack; filled by the first test that asks."""
    return {}


@pytest.fixture
def rows(stands, ended):
    if not ended:
        ended.update(sample_jobs.run([stand.deployment for stand in stands.values()], "samples"))
    return ended


def test_there_are_enough_samples():
    assert len(sample_jobs.PHOTOS) >= 8
    assert {path.name for path in sample_jobs.BAD} == REJECTED
    assert sum(path.stat().st_size for path in sample_jobs.PHOTOS) <= 12_000_000
    licenses = (SAMPLES / "LICENSES.md").read_text()
    assert all(f"`{path.name}`" in licenses for path in sample_jobs.PHOTOS)


def test_good_photos_succeed_with_equal_bytes_on_both_clouds(rows, stands):
    for photo in sample_jobs.GOOD:
        first, second = (
            sample_jobs.outputs(stand.deployment, rows[photo.name, stack]) for stack, stand in stands.items()
        )
        assert first == second, photo.name


def test_bad_photos_are_rejected_with_a_reason_and_not_tried_again(rows, stands):
    for photo in sample_jobs.BAD:
        for stack in stands:
            sample_jobs.check_rejection(rows[photo.name, stack])


def test_every_job_is_announced_once(rows, stands):
    for (_, stack), row in rows.items():
        sample_jobs.check_notification(row, stands[stack].notified(row.id))


def test_both_clouds_write_the_same_job_but_for_what_is_theirs(rows, stands):
    def comparable(document):
        kept = {name: document[name] for name in ("recipe", "state", "photo", "error")}
        kept["artifacts"] = [
            (each["name"], each["width"], each["height"], each["size"]) for each in document["artifacts"]
        ]
        kept["steps"] = sorted(each["step"] for each in document["trace"])
        return kept

    first, second = stands
    for photo in sample_jobs.PHOTOS:
        assert comparable(rows[photo.name, first].document) == comparable(rows[photo.name, second].document)


def test_every_step_tells_what_it_took(rows):
    for row in rows.values():
        sample_jobs.check_trace(row)

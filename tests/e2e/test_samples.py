"""The sample photos through both clouds at once."""

from pathlib import Path

import pytest

from cli.demo import REJECTED, SAMPLES
from cli.uploads import follow, send_together
from core.job import Job

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def ended():
    """Photo and stack of every upload, with its ledger row; filled by the first test that asks."""
    return {}


@pytest.fixture
def rows(stands, ended):
    if not ended:
        photos = sorted(path for path in SAMPLES.iterdir() if path.suffix != ".md")
        deployments = [stand.deployment for stand in stands.values()]
        uploads = send_together(
            [(each, photo, f"samples/{photo.name}") for photo in photos for each in deployments]
        )
        found = follow(uploads, 600, lambda _: None)
        assert len(found) == len(uploads), "jobs did not end"
        ended.update({(upload.photo.name, upload.deployment.stack): row for upload, row in found.items()})
    return ended


def photos_of(rows, rejected):
    return sorted({name for name, _ in rows if (name in REJECTED) == rejected})


def test_there_are_enough_samples():
    files = [path for path in SAMPLES.iterdir() if path.suffix != ".md"]
    assert len(files) >= 8
    assert sum(path.stat().st_size for path in files) <= 12_000_000
    licenses = (SAMPLES / "LICENSES.md").read_text()
    assert all(f"`{path.name}`" in licenses for path in files)


def test_good_photos_succeed_with_equal_bytes_on_both_clouds(rows, stands):
    for photo in photos_of(rows, rejected=False):
        outputs = []
        for stack, stand in stands.items():
            row = rows[photo, stack]
            assert row.state == "succeeded", (photo, stack, row.document["error"])
            outputs.append(
                {
                    each.name: stand.deployment.read_output(each.key)
                    for each in Job.from_document(row.document).artifacts
                }
            )
        assert outputs[0]
        assert outputs[0] == outputs[1], photo


def test_bad_photos_are_rejected_with_a_reason_and_not_tried_again(rows, stands):
    for photo in photos_of(rows, rejected=True):
        for stack, stand in stands.items():
            row = rows[photo, stack]
            assert row.state == "rejected"
            assert row.document["error"]["name"] in ("DamagedPhoto", "NotAPhoto")
            assert len(row.document["error"]["message"].split()) > 4
            assert [(each["step"], each["attempt"]) for each in row.document["trace"]] == [("validate", 1)]
            ((topic, message),) = stand.notified(row.id)
            assert topic == "error"
            assert message["error"] == row.document["error"]


def test_good_photos_are_told_of_once(rows, stands):
    for photo in photos_of(rows, rejected=False):
        for stack, stand in stands.items():
            row = rows[photo, stack]
            ((topic, message),) = stand.notified(row.id)
            assert topic == "success"
            assert [each["key"] for each in message["artifacts"]] == [
                each["key"] for each in row.document["artifacts"]
            ]


def test_both_clouds_write_the_same_job_but_for_what_is_theirs(rows, stands):
    def comparable(document):
        kept = {name: document[name] for name in ("recipe", "state", "photo", "error")}
        kept["artifacts"] = [
            (each["name"], each["width"], each["height"], each["size"]) for each in document["artifacts"]
        ]
        kept["steps"] = sorted(each["step"] for each in document["trace"])
        return kept

    first, second = stands
    for photo in photos_of(rows, rejected=False) + photos_of(rows, rejected=True):
        assert comparable(rows[photo, first].document) == comparable(rows[photo, second].document)


def test_every_step_tells_what_it_took(rows):
    for (photo, _), row in rows.items():
        for entry in row.document["trace"]:
            assert entry["memory_mb"] > 0
            assert entry["bytes_in"] > 0, photo
            assert entry["download_ms"] + entry["compute_ms"] + entry["upload_ms"] > 0


def test_the_samples_are_where_the_demo_looks_for_them():
    assert Path(SAMPLES).name == "samples"
    assert {path.name for path in SAMPLES.iterdir()} >= REJECTED

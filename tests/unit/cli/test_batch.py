"""``twinlens batch`` on a stack in memory."""

import json

import pytest
from typer.testing import CliRunner

from cli.main import app
from core.job import Source
from core.ports import Upload

PHOTOS = ("a.jpg", "b.jpg", "poem.jpg")


@pytest.fixture
def cloud(clouds, photos):
    """Photos of which no event came."""
    made = clouds["aws-local"]
    made.swallowed = "archive/"
    good, text = (photos / "dark.png").read_bytes(), (photos / "text.jpg").read_bytes()
    for name in PHOTOS:
        made.upload(f"archive/{name}", text if name == "poem.jpg" else good)
    return made


@pytest.fixture
def run(cloud):
    def twinlens(*arguments, code=0):
        done = CliRunner().invoke(app, ["batch", *arguments, "-s", "aws-local"])
        assert done.exit_code == code, done.output
        return done

    return twinlens


def test_a_prefix_is_processed_skipped_the_next_time_and_done_again_if_asked(run):
    first = json.loads(run("--prefix", "archive/", "--wait", "--json", code=1).stdout)
    assert first["counts"] == {"succeeded": 2, "rejected": 1}
    assert [each["key"] for each in first["without_picture"]] == ["archive/poem.jpg"]

    again = json.loads(run("--prefix", "archive/a", "--again", "--wait", "--json").stdout)
    assert again["counts"] == {"succeeded": 1}
    third = json.loads(run("--prefix", "archive/a", "--wait", "--json").stdout)
    assert third["counts"] == {"skipped": 1}


def test_a_manifest_s_wrong_lines_are_told_and_stop_nothing(run, tmp_path):
    manifest = tmp_path / "some.jsonl"
    manifest.write_text('"archive/a.jpg"\n"nowhere.jpg"\n{"key": "archive/b.jpg", "recipe": "vintage"}\n')

    done = run("--manifest", str(manifest), "--wait")

    assert "items    2: 2 succeeded" in done.stdout
    assert "line 2 names 'nowhere.jpg'" in done.stderr.replace("\n", " ")


def test_a_started_batch_is_shown_by_the_beginning_of_its_id(run):
    made = json.loads(run("--prefix", "archive/", "--json").stdout)

    shown = run("show", made["id"][:12]).stdout

    assert "items    3: 2 succeeded, 1 rejected" in shown
    assert "archive/poem.jpg" in shown


def test_what_failed_is_sent_again_and_nothing_else(run, cloud):
    data = cloud.input.objects.pop("archive/b.jpg")  # gone before it is read
    made = json.loads(run("--prefix", "archive/", "--tolerate", "50%", "--json").stdout)
    cloud.input.put("archive/b.jpg", data, "")

    again = json.loads(run("redrive", made["id"], "--wait", "--json").stdout)

    assert again["counts"] == {"succeeded": 1}
    assert json.loads(run("show", made["id"], "--json", code=0).stdout)["counts"]["rejected"] == 1
    assert "has no item to send again" in str(
        CliRunner().invoke(app, ["batch", "redrive", again["id"], "-s", "aws-local"]).exception
    )


def test_a_batch_that_stopped_goes_on_with_what_was_not_begun(run, cloud):
    data = {name: cloud.input.objects.pop(f"archive/{name}") for name in ("a.jpg", "b.jpg")}
    arguments = ("--prefix", "archive/", "--tolerate", "0%", "--concurrency", "1", "--json")
    made = json.loads(run(*arguments).stdout)
    stopped = json.loads(run("show", made["id"], "--json").stdout)
    assert (stopped["state"], stopped["counts"]) == ("failed", {"failed": 1, "missing": 2})
    for name, each in data.items():
        cloud.input.put(f"archive/{name}", each, "")

    again = json.loads(run("redrive", made["id"], "--wait", "--json", code=1).stdout)

    assert again["counts"] == {"succeeded": 2, "rejected": 1}


def test_the_job_of_a_photo_is_no_batch(run, cloud):
    cloud.deliver(Upload(Source("photos-in", "archive/a.jpg", "x", 1), "2026-01-01T00:00:00Z"))
    [row] = cloud.ledger.list()
    done = CliRunner().invoke(app, ["batch", "show", row.id, "-s", "aws-local"])
    assert "is the job of a photo: `twinlens jobs show`" in str(done.exception)

import json

import pytest

from cli.main import app


def test_uploads_and_names_the_jobs(clouds, photos, run):
    done = run.invoke(app, ["submit", str(photos / "dark.png"), "-s", "aws-local", "--json"])
    assert done.exit_code == 0
    (told,) = json.loads(done.stdout)
    assert told["state"] == "submitted"
    assert told["key"] == "incoming/dark.png"
    assert clouds["aws-local"].ledger.get(told["id"]) is not None
    assert clouds["azure-local"].keys == []


def test_follows_the_jobs_to_their_end(clouds, photos, run):
    good = [str(photos / "dark.png"), str(photos / "light one.jpg")]
    done = run.invoke(app, ["submit", *good, "-s", "aws-local", "--wait", "--json"])
    assert done.exit_code == 0
    assert [each["state"] for each in json.loads(done.stdout)] == ["succeeded", "succeeded"]


def test_a_rejected_photo_is_explained_and_fails_the_command(clouds, photos, run):
    done = run.invoke(app, ["submit", str(photos / "text.jpg"), "-s", "aws-local", "--wait"])
    assert done.exit_code == 1
    assert "rejected" in done.stdout
    assert "not an image" in done.stdout


def test_a_job_that_does_not_end_in_time_fails_the_command(clouds, photos, run):
    clouds["aws-local"].swallowed = "dark"
    done = run.invoke(
        app, ["submit", str(photos / "dark.png"), "-s", "aws-local", "--wait", "--timeout", "1", "--json"]
    )
    assert done.exit_code == 1
    assert json.loads(done.stdout)[0]["state"] == "unfinished"


@pytest.mark.parametrize(
    "arguments", [["submit"], ["submit", "nothing.jpg", "-s", "x"], ["submit", "--wait"]]
)
def test_wrong_usage_exits_with_2(run, arguments):
    assert run.invoke(app, arguments).exit_code == 2

import json

import pytest

import cli.submit as submit
from cli.main import app
from core.errors import SetupError


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


def test_a_folder_is_submitted_and_equal_names_stay_apart(clouds, photos, run, tmp_path):
    for folder in ("card1", "card2"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "IMG_1.png").write_bytes((photos / "dark.png").read_bytes() + folder.encode())
    folders = [str(tmp_path / "card1"), str(tmp_path / "card2")]
    done = run.invoke(app, ["submit", *folders, "-s", "aws-local", "--wait", "--json"])
    assert [each["key"] for each in json.loads(done.stdout)] == ["incoming/IMG_1.png", "incoming/IMG_1-2.png"]
    assert len({each["id"] for each in json.loads(done.stdout)}) == 2


def test_names_that_start_no_job_are_refused_before_anything_is_sent(clouds, photos, run, tmp_path):
    for name in ("scan", "x.jfif", "good.JPG"):
        (tmp_path / name).write_bytes(b"1")
    files = [str(tmp_path / name) for name in ("scan", "good.JPG", "x.jfif")]
    error = run.invoke(app, ["submit", *files, "-s", "aws-local"]).exception
    assert isinstance(error, SetupError)
    assert str(error).startswith(
        f"No job starts for {tmp_path}/scan, {tmp_path}/x.jfif: a name must end with"
    )
    assert clouds["aws-local"].keys == []


def test_a_name_that_is_not_utf_8_is_sent_with_a_mark(clouds, photos, run, tmp_path):
    file = tmp_path / "\udcff\udcfe.png"
    file.write_bytes((photos / "dark.png").read_bytes())
    done = run.invoke(app, ["submit", str(file), "-s", "aws-local", "--wait", "--json"])
    assert json.loads(done.stdout)[0]["key"] == "incoming/\ufffd\ufffd.png"


def test_the_same_photo_again_says_that_it_was_processed(clouds, photos, run, monkeypatch):
    ask = ["submit", str(photos / "dark.png"), "-s", "aws-local", "--wait", "--json"]
    first = json.loads(run.invoke(app, ask).stdout)[0]
    monkeypatch.setattr(clouds["aws-local"], "deliver", lambda _: None)
    again = json.loads(run.invoke(app, ask).stdout)[0]
    assert first["reason"] is None
    assert again["id"] == first["id"]
    assert again["reason"] == f"already processed at {first['updated_at']}"


def test_an_interruption_says_how_many_were_uploaded(clouds, photos, run, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(submit, "follow", interrupted)
    done = run.invoke(app, ["submit", str(photos / "dark.png"), "-s", "aws-local", "--wait"])
    assert done.exit_code == 130
    assert "1 of 1 photos were uploaded" in done.output

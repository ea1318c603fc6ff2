import json
from pathlib import Path
from typing import get_args

import pytest

from cli.jobs import JobState
from cli.main import app
from core.errors import SetupError
from core.ledger import OPEN
from core.workflow.model import FinalState


@pytest.fixture
def ids(clouds, photos, run):
    files = [str(photos / name) for name in ("dark.png", "light one.jpg", "text.jpg")]
    told = json.loads(run.invoke(app, ["submit", *files, "-s", "aws-local", "--json"]).stdout)
    return [each["id"] for each in told]


def test_lists_the_ledger_newest_first(ids, run):
    done = run.invoke(app, ["jobs", "list", "-s", "aws-local", "--json"])
    listed = json.loads(done.stdout)
    assert {each["id"] for each in listed} == set(ids)
    assert [each["claimed_at"] for each in listed] == sorted(
        (each["claimed_at"] for each in listed), reverse=True
    )


def test_lists_one_state_alone(ids, run):
    done = run.invoke(app, ["jobs", "list", "-s", "aws-local", "--state", "rejected"])
    assert ids[2] in done.stdout
    assert ids[0] not in done.stdout


def test_lists_the_newest_of_some_keys(ids, run):
    listed = json.loads(
        run.invoke(
            app, ["jobs", "list", "-s", "aws-local", "--key", "incoming/*.jpg", "--limit", "1", "--json"]
        ).stdout
    )
    assert [each["id"] for each in listed] == [ids[2]]


def test_says_that_no_job_matches(ids, run):
    assert (
        "No job matches."
        in run.invoke(app, ["jobs", "list", "-s", "aws-local", "--key", "incoming/x"]).stdout
    )


def test_a_state_that_does_not_exist_is_refused_with_those_that_do(ids, run):
    done = run.invoke(app, ["jobs", "list", "-s", "aws-local", "--state", "done"])
    assert done.exit_code == 2
    assert "succeeded" in done.output
    assert set(get_args(JobState)) == {*OPEN, *get_args(FinalState)}


def test_downloads_the_outputs_of_a_job(ids, run, tmp_path):
    done = run.invoke(
        app, ["jobs", "get", ids[0][:8], "-s", "aws-local", "--out", str(tmp_path / "new"), "--json"]
    )
    assert done.exit_code == 0
    files = {Path(each["path"]): each["bytes"] for each in json.loads(done.stdout)}
    assert {path.parent for path in files} == {tmp_path / "new" / ids[0]}
    assert {path.name for path in files} >= {"display.jpg", "display.webp"}
    assert all(path.stat().st_size == size for path, size in files.items())


def test_a_job_without_outputs_has_none_to_download(ids, run, tmp_path):
    error = run.invoke(
        app, ["jobs", "get", ids[2], "-s", "aws-local", "--out", str(tmp_path / "new")]
    ).exception
    assert isinstance(error, SetupError)
    assert "its state is 'rejected'" in str(error)
    assert not (tmp_path / "new").exists()


def test_shows_a_job_with_its_outputs_and_steps(ids, run):
    done = run.invoke(app, ["jobs", "show", ids[0], "-s", "aws-local"])
    assert done.exit_code == 0
    for said in (ids[0], "succeeded", "incoming/dark.png", f"jobs/{ids[0]}/display.jpg", "apply_filters"):
        assert said in done.stdout


def test_shows_why_a_job_was_rejected(ids, run):
    done = run.invoke(app, ["jobs", "show", ids[2], "-s", "aws-local"])
    assert "NotAPhoto" in done.stdout


def test_the_beginning_of_an_id_is_enough(ids, run):
    done = run.invoke(app, ["jobs", "show", ids[1][:12], "-s", "aws-local", "--json"])
    assert json.loads(done.stdout)["document"]["source"]["key"] == "incoming/light one.jpg"


@pytest.mark.parametrize(("asked", "said"), [("nope", "has no job"), ("", "has 3 jobs")])
def test_an_id_that_names_not_one_job_is_refused(ids, run, asked, said):
    error = run.invoke(app, ["jobs", "show", asked, "-s", "aws-local"]).exception
    assert isinstance(error, SetupError)
    assert said in str(error)


def test_a_key_does_nothing_to_the_terminal(clouds, photos, run):
    named = photos / "\x1b[31mred\x07 [bold]x.png"
    (photos / "dark.png").rename(named)
    run.invoke(app, ["submit", str(named), "-s", "aws-local"])

    done = run.invoke(app, ["jobs", "list", "-s", "aws-local"])

    assert "\x1b" not in done.stdout
    assert "\\x1b[31mred\\x07 [bold]x.png" in done.stdout

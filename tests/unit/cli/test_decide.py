import json
from datetime import UTC, datetime

import pytest

from cli.main import app
from core.errors import SetupError
from core.job import Job, Source
from core.review import decisions as review
from core.review.decisions import NotDecided

NOW = "2026-01-01T00:00:00.000Z"
KEY = "incoming/\x1b[2Jred.jpg"
JOB = Job("ab" * 16, "gallery", Source("photos-in", KEY, "etag", 7), "first", NOW, NOW, flags=("animated",))


@pytest.fixture
def cloud(clouds):
    """A stack in which one job waits for a person."""
    made = clouds["aws-local"]
    made.ledger.claim(JOB)
    review.ask(JOB, 3600, datetime.now(UTC), made.ledger, made.notifier)
    return made


def test_a_job_that_waits_is_listed_with_why_and_until_when(cloud, run):
    done = run.invoke(app, ["jobs", "list", "-s", "aws-local", "--state", "awaiting_approval", "--json"])
    [job] = json.loads(done.stdout)
    assert job["reason"].startswith("it is an animation; decide by 2")
    shown = run.invoke(app, ["jobs", "show", JOB.id[:6], "-s", "aws-local"]).stdout
    assert "review   it is an animation; decide by 2" in shown


@pytest.mark.parametrize(("command", "decision"), [("approve", "approved"), ("reject", "refused")])
def test_a_decision_is_recorded_and_told(cloud, run, command, decision):
    done = run.invoke(app, ["jobs", command, JOB.id[:6], "-s", "aws-local", "--reason", "seen"])

    assert done.exit_code == 0, done.output
    assert f"The job {JOB.id} is {decision}" in done.stdout
    assert "\x1b" not in done.stdout, "what an uploader named a file"
    assert [row.decision for row in cloud.woken] == [decision]
    shown = run.invoke(app, ["jobs", "show", JOB.id[:6], "-s", "aws-local"]).stdout
    assert f"review   {decision}: " in shown


def test_a_second_decision_is_refused(cloud, run):
    run.invoke(app, ["jobs", "approve", JOB.id, "-s", "aws-local"])
    error = run.invoke(app, ["jobs", "reject", JOB.id, "-s", "aws-local", "--json"]).exception
    assert isinstance(error, NotDecided)
    assert "was decided before: it is approved" in str(error)


@pytest.mark.parametrize("output", [(), ("--json",)])
def test_a_hostile_reason_reaches_no_terminal_and_no_ledger(cloud, run, output):
    arguments = [
        "jobs",
        "reject",
        JOB.id,
        "-s",
        "aws-local",
        "--reason",
        "\x1b[2J[red]\u202ex\udcff",
        *output,
    ]
    done = run.invoke(app, arguments)
    assert done.exit_code == 0, done.exception
    shown = run.invoke(app, ["jobs", "show", JOB.id, "-s", "aws-local"]).stdout
    assert not {each for each in done.stdout + shown if not each.isprintable()} - {"\n"}


def test_a_reason_that_is_too_long_decides_nothing(cloud, run):
    error = run.invoke(app, ["jobs", "reject", JOB.id, "-s", "aws-local", "--reason", "x" * 10_240]).exception
    assert "The reason has 10,240 characters; at most 500 are kept." in str(error)
    assert cloud.ledger.get(JOB.id).decision == ""


def test_a_job_that_does_not_exist_is_not_decided_about(cloud, run):
    error = run.invoke(app, ["jobs", "approve", "cd", "-s", "aws-local"]).exception
    assert isinstance(error, SetupError)

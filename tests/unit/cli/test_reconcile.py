import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from memory_stacks import OUTPUTS

from cli.main import app
from core.errors import StoreUnavailable
from core.job import Job


class Unreachable:
    """A place of dead letters that cannot be reached."""

    def take(self):
        raise StoreUnavailable("The queue cannot be reached.")


@pytest.fixture
def failed(clouds, photos, run):
    """A job that failed for no fault of its photo's."""
    run.invoke(app, ["submit", str(photos / "dark.png"), "-s", "aws-local"])
    cloud = clouds["aws-local"]
    [row] = cloud.ledger.list()
    job = replace(Job.from_document(row.document), state="claimed", artifacts=(), renditions=(), trace=())
    cloud.ledger.release(row)
    cloud.ledger.claim(replace(job, execution="unlucky"))
    cloud.ledger.record(replace(job, execution="unlucky", state="failed"))
    return row.id


def invoke(run, *arguments):
    done = run.invoke(app, ["jobs", *arguments, "-s", "aws-local", "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_redrive_sends_failed_jobs_through_again(failed, clouds, run):
    [found] = invoke(run, "redrive")

    assert (found["why"], found["job"], found["done"]) == ("failed", failed, "redriven")
    assert clouds["aws-local"].ledger.get(failed).state == "succeeded"
    assert invoke(run, "redrive") == []


def test_a_dry_run_says_so_and_does_nothing(failed, clouds, run):
    [found] = invoke(run, "redrive", "--dry-run")

    assert found["done"] == "would be redriven"
    assert clouds["aws-local"].ledger.get(failed).state == "failed"


def test_reconcile_finds_uploads_that_no_job_knows_of(clouds, photos, run):
    cloud = clouds["aws-local"]
    cloud.swallowed = "dark"
    run.invoke(app, ["submit", str(photos / "dark.png"), "-s", "aws-local"])
    cloud.swallowed = "nothing"
    time.sleep(0.01)

    assert invoke(run, "reconcile") == []
    [found] = invoke(run, "reconcile", "--older-than", "0")

    assert (found["why"], found["key"]) == ("unclaimed", "incoming/dark.png")
    assert cloud.ledger.get(found["job"]).state == "succeeded"


def test_reconcile_is_patient_for_twenty_minutes_by_default(clouds, photos, run):
    cloud = clouds["aws-local"]
    cloud.swallowed = "."
    for name in ("dark.png", "light one.jpg"):
        run.invoke(app, ["submit", str(photos / name), "-s", "aws-local"])
    ages = {"dark.png": 19, "light one.jpg": 21}
    cloud.stored = [
        replace(each, stored_at=minutes_ago(ages[each.source.key.partition("/")[2]])) for each in cloud.stored
    ]

    found = invoke(run, "reconcile", "--dry-run")

    assert [each["key"] for each in found] == ["incoming/light one.jpg"]


def minutes_ago(minutes):
    moment = datetime.now(UTC) - timedelta(minutes=minutes)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_findings_are_shown_as_a_table_with_hostile_keys_as_they_are(clouds, photos, run):
    cloud = clouds["aws-local"]
    cloud.swallowed = "."
    named = photos / "[red]x[bold].png"
    os.link(photos / "dark.png", named)
    run.invoke(app, ["submit", str(named), "-s", "aws-local"])
    cloud.swallowed = "nothing"
    time.sleep(0.01)

    done = run.invoke(app, ["jobs", "reconcile", "-s", "aws-local", "--older-than", "0", "--dry-run"])

    assert "[red]x[bold].png" in done.stdout
    assert "would be redriven" in done.stdout


def test_nothing_to_do_is_said(clouds, run):
    assert "There is nothing to recover." in run.invoke(app, ["jobs", "redrive", "-s", "aws-local"]).stdout


def test_redrive_says_so_while_faults_are_injected(failed, run, monkeypatch):
    monkeypatch.setitem(OUTPUTS, "chaos", "storm")

    done = run.invoke(app, ["jobs", "redrive", "-s", "aws-local", "--json"])

    assert [each["done"] for each in json.loads(done.stdout)] == ["redriven"]
    assert "still injects faults (storm)" in done.stderr.replace("\n", " ")


def test_what_was_done_before_a_failure_is_said(failed, clouds, run):
    clouds["aws-local"].dead_letters = [Unreachable()]

    done = run.invoke(app, ["jobs", "redrive", "-s", "aws-local", "--json"])

    assert (done.exit_code, [each["job"] for each in json.loads(done.stdout)]) == (1, [failed])
    assert str(done.exception) == "The queue cannot be reached."


def test_a_row_that_cannot_be_read_is_listed_and_refused_by_name(failed, clouds, run):
    ledger = clouds["aws-local"].ledger
    ledger._rows[failed] = replace(ledger.get(failed), document={})

    listed = invoke(run, "list")
    shown = run.invoke(app, ["jobs", "show", failed, "-s", "aws-local"])

    assert [(each["id"], each["key"]) for each in listed] == [(failed, "")]
    assert str(shown.exception).startswith(f"The job {failed} cannot be shown: its row cannot be read")

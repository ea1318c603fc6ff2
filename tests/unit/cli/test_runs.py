import json

import pytest
from run_records import record, write_run

from cli.main import app
from compare.folder import read_head
from compare.report.labels import labels


@pytest.fixture
def runs(tmp_path):
    """Two runs of one stack, the later one slower, and one of another stack."""
    parent = tmp_path / "runs"
    parent.mkdir()
    for number, pace in enumerate((1.0, 2.0)):
        jobs = [
            record(f"{at}.jpg", at=4000 * at, pace=pace * (1 + at / 50), burst=1 + at // 4)
            for at in range(12)
        ]
        started = f"2026-01-0{number + 1}T12:00:00.000Z"
        write_run(parent, "aws-local", jobs, name=f"aws-{number}", started=started)
    write_run(parent, "azure-local", [record("a.jpg")], name="azure", started="2026-01-03T12:00:00.000Z")
    return parent


def test_lists_a_stack_over_time(run, runs):
    done = run.invoke(app, ["runs", "list", "--folder", str(runs), "--json"])
    assert done.exit_code == 0, done.output
    first, second, other = json.loads(done.stdout)
    assert (first["before"], second["before"], other["before"]) == (None, "aws-0", None)
    assert second["change_of_median"]["smaller"] == "second"
    assert 1.7 < second["change_of_median"]["value"] < 2.1
    shown = run.invoke(app, ["runs", "list", "--folder", str(runs), "-s", "aws-local"]).stdout
    assert "slower" in shown
    assert "azure" not in shown


def test_shows_a_run(run, runs):
    shown = run.invoke(app, ["runs", "show", str(runs / "azure")]).stdout
    for said in ("azure, storage", "end to end", "1.08 s", "What is most of the bill?"):
        assert said in shown


def test_a_label_is_what_reports_call_the_run(run, runs):
    assert run.invoke(app, ["runs", "label", str(runs / "aws-1"), " after\nthe change "]).exit_code == 0
    heads = [read_head(runs / name) for name in ("aws-0", "aws-1")]
    assert labels(heads) == ["aws-local", "after the change"]


def test_a_folder_without_runs_is_named(run, tmp_path):
    done = run.invoke(app, ["runs", "list", "--folder", str(tmp_path)])
    assert "contains no runs" in str(done.exception)

import json

import pytest

from cli.main import app


@pytest.fixture
def runs(clouds, photos, run, tmp_path):
    out = tmp_path / "runs"
    arguments = [
        "--photos",
        str(photos),
        "--out",
        str(out),
        "--bursts",
        "1",
        "--burst-size",
        "3",
        "--warm-up",
        "0",
    ]
    assert run.invoke(app, ["bench", "-s", "aws-local", "-s", "azure-local", *arguments]).exit_code == 0
    return [str(folder) for folder in sorted(out.iterdir())]


def test_prints_the_table_and_writes_the_page(runs, run, tmp_path):
    done = run.invoke(app, ["report", *runs, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    for said in (
        "light one.jpg",
        "aws-local",
        "azure-local",
        "succeeded",
        "rejected",
        "emulators",
        "report.html",
    ):
        assert said in done.stdout
    page = (tmp_path / "out" / "report.html").read_text()
    assert page.count("data:image/jpeg") == 8


def test_prints_json(runs, run, tmp_path):
    done = run.invoke(app, ["report", *runs, "--out", str(tmp_path / "out"), "--json"])
    assert json.loads(done.stdout) == json.loads((tmp_path / "out" / "report.json").read_text())


def test_a_threshold_fails_the_command_after_the_report(runs, run, tmp_path):
    out = tmp_path / "out"
    done = run.invoke(app, ["report", *runs, "--out", str(out), "--csv", "--fail-if", "rejected >= 1"])
    assert done.exit_code == 1
    assert "rejected is 1 (rejected >= 1)." in done.stderr
    names = ["costs.csv", "jobs.csv", "report.html", "report.json", "report.md", "volumes.csv"]
    assert sorted(path.name for path in out.iterdir()) == names


def test_prints_its_schema(run):
    assert "$defs" in json.loads(run.invoke(app, ["report", "--schema"]).stdout)

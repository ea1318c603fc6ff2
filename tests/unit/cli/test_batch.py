"""``twinlens batch`` on a stack in memory."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from compare.folder import read
from compare.report import html, markdown
from compare.report.build import build
from compare.run import RunBatch
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


def test_again_is_again_however_soon_it_comes(run):
    found = [run("--prefix", "archive/a", "--again", "--wait", "--json").stdout for _ in range(3)]
    assert [json.loads(each)["counts"] for each in found] == [{"succeeded": 1}] * 3


def test_a_manifest_s_wrong_lines_are_told_and_stop_nothing(run, tmp_path):
    manifest = tmp_path / "some.jsonl"
    entries = ["archive/a.jpg", "nowhere.jpg", "archive/c.jpg", "archive/a.txt", "archive/a.jpg"]
    entries.append({"key": "archive/b.jpg", "recipe": "vintage"})
    manifest.write_text("\n".join(map(json.dumps, entries)))

    done = run("--manifest", str(manifest), "--wait")

    assert "items    2: 2 succeeded" in done.stdout
    told = done.stderr.replace("\n", " ")
    assert (
        "line 2 names 'nowhere.jpg', and the steps read only under 'incoming/' and 'archive/'; it is" in told
    )
    assert "line 3 names 'archive/c.jpg', and there is no such photo; it is left out." in told
    assert "line 4 names 'archive/a.txt', and the name of a photo must end with .jpg, .jpeg" in told
    assert "line 5 is there twice" in told
    listed = json.loads(run("--manifest", str(manifest), "--wait", "--json").stdout)["left_out"]
    assert [each.partition(" ")[2][:1] for each in listed] == ["2", "3", "4", "5"]


def test_a_batch_that_is_too_large_is_not_begun(cloud, monkeypatch):
    monkeypatch.setattr("bench.batches.MAX_ITEMS", 2)
    done = CliRunner().invoke(app, ["batch", "--prefix", "archive/", "-s", "aws-local"])
    assert "There are 3 items; a batch has at most 2: make several." in str(done.exception)
    assert not cloud.outputs.objects


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
    assert json.loads(run("show", made["id"], "--json").stdout)["counts"] == {"succeeded": 2, "rejected": 1}
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


def test_a_batch_that_may_be_at_work_is_left_alone_unless_its_user_knows_better(run, cloud):
    made = json.loads(run("--prefix", "archive/", "--json").stdout)
    rows, items = cloud.ledger._rows, [each for each in cloud.ledger.list() if each.key == "archive/a.jpg"]
    rows[made["id"]] = replace(rows[made["id"]], state="claimed")
    del rows[items[0].id]

    done = CliRunner().invoke(app, ["batch", "redrive", made["id"], "-s", "aws-local"])
    assert "was at work at" in str(done.exception)
    assert rows[made["id"]].state == "claimed"

    again = json.loads(run("redrive", made["id"], "--older-than", "0", "--wait", "--json").stdout)
    assert again["counts"] == {"succeeded": 1}
    assert rows[made["id"]].document["error"]["name"] == "BatchInterrupted"


def test_a_batch_is_kept_as_a_run_whose_report_names_it_and_prices_it_as_estimate_does(run, tmp_path):
    run("--prefix", "archive/a", "--wait", "--json")
    out = ("--out", str(tmp_path))
    made = json.loads(run("--prefix", "archive/", "--wait", *out, "--json", code=1).stdout)
    folder = read(Path(made["run"]))

    assert folder.run.batch == RunBatch(made["id"], 3, 20, {"succeeded": 1, "skipped": 1, "rejected": 1})
    assert {each.photo: each.state for each in folder.jobs} == {
        "archive/b.jpg": "succeeded",
        "archive/poem.jpg": "rejected",
    }
    told = build([folder]).summary[1]
    assert f"is the batch {made['id'][:12]} of 3 items: 1 succeeded, 1 skipped and 1 rejected, in " in told
    assert "It cost $" in told

    again = json.loads(run("show", made["id"][:12], *out, "--json").stdout)
    assert again["run"] == made["run"]
    assert read(Path(made["run"])).jobs == folder.jobs
    done = CliRunner().invoke(app, ["batch", "--prefix", "archive/", *out, "-s", "aws-local"])
    assert "--out needs --wait" in str(done.exception)


def test_a_batch_that_had_nothing_to_do_has_no_run(run, tmp_path):
    run("--prefix", "archive/a", "--wait")
    runs = tmp_path / "runs"
    done = run("--prefix", "archive/a", "--wait", "--out", str(runs), "--json")
    assert json.loads(done.stdout)["counts"] == {"skipped": 1}
    assert "processed nothing, so no run was kept" in done.stderr
    assert not list(runs.iterdir())


def test_no_batch_starts_that_could_not_be_kept(cloud, tmp_path):
    (tmp_path / "file").touch()
    arguments = ("batch", "--prefix", "archive/", "--wait", "--out", str(tmp_path / "file" / "runs"))
    done = CliRunner().invoke(app, [*arguments, "-s", "aws-local"])
    assert isinstance(done.exception, NotADirectoryError)
    assert not list(cloud.ledger.list())


def test_what_became_of_a_batch_is_told_even_if_it_cannot_be_kept(cloud, tmp_path, monkeypatch):
    monkeypatch.setattr("bench.batch_runs.append_jobs", lambda *_: (_ for _ in ()).throw(OSError("full")))
    arguments = ("batch", "--prefix", "archive/", "--wait", "--out", str(tmp_path), "--json")
    done = CliRunner().invoke(app, [*arguments, "-s", "aws-local"])
    assert str(done.exception) == "full"
    assert json.loads(done.stdout)["counts"] == {"succeeded": 2, "rejected": 1}


def test_whoever_waits_is_told_of_the_batch_before_it_has_ended(run, cloud):
    done = run("--prefix", "archive/a", "--wait", "--json")
    made = json.loads(done.stdout)["id"]
    assert f"`twinlens batch show {made[:12]} -s aws-local` shows how far it is." in done.stderr


def test_a_batch_whose_list_is_gone_cannot_be_shown(run, cloud):
    made = json.loads(run("--prefix", "archive/", "--json").stdout)["id"]
    del cloud.outputs.objects[cloud.ledger.get(made).document["source"]["key"]]
    done = CliRunner().invoke(app, ["batch", "show", made, "-s", "aws-local"])
    assert f"The list of the batch {made} was deleted from the output container" in str(done.exception)


def test_an_item_whose_row_cannot_be_read_is_lost_to_the_run(run, cloud, tmp_path):
    made = json.loads(run("--prefix", "archive/", "--json").stdout)["id"]
    rows, [item] = cloud.ledger._rows, [each for each in cloud.ledger.list() if each.key == "archive/a.jpg"]
    rows[item.id] = replace(item, document={})
    kept = json.loads(run("show", made, "--out", str(tmp_path), "--json").stdout)["run"]
    assert {each.photo: each.state for each in read(Path(kept)).jobs}["archive/a.jpg"] == "lost"


def test_a_prefix_or_an_id_that_no_store_takes_finds_nothing(cloud, monkeypatch):
    listed, read_row = cloud.photos_under, cloud.ledger.get

    def get(job):
        assert job.isalnum(), "an AWS table takes no empty key, one of Azure no slash"
        return read_row(job)

    monkeypatch.setattr(cloud, "photos_under", lambda prefix: listed(prefix.encode().decode()))
    monkeypatch.setattr(cloud.ledger, "get", get)
    for arguments, why in (
        (("--prefix", "archive/\udcff"), "There are no photos under 'archive/\\udcff'."),
        (("show", ""), "The stack 'aws-local' has no job whose id begins with ''"),
        (("show", "a/b"), "has no job whose id begins with 'a/b'"),
    ):
        done = CliRunner().invoke(app, ["batch", *arguments, "-s", "aws-local"])
        assert why in str(done.exception)


def test_an_option_in_front_of_a_command_is_refused(cloud):
    done = CliRunner().invoke(app, ["batch", "--prefix", "archive/", "show", "3f2a", "-s", "aws-local"])
    assert "Write options behind `twinlens batch show`" in str(done.exception)


HOSTILE = "archive/h/<img src=x onerror=alert(1)>[red]\x1b[31m|`\n\u202egpj.jpg"


def test_hostile_names_do_nothing_in_a_terminal_json_or_report(run, cloud, tmp_path):
    cloud.upload(HOSTILE, b"no photo")
    manifest = tmp_path / "some.json"
    manifest.write_text(json.dumps([HOSTILE, "[red]\x1b[31m.jpg"]))

    told = run("--manifest", str(manifest), "--wait", "--out", str(tmp_path), code=1)
    text = told.stdout + told.stderr
    assert not {each for each in text if not each.isprintable()} - {"\n"}
    flat = "".join(text.split())
    assert "[red]\\x1b[31m|`\\x0a\\u202egpj.jpg" in flat
    assert "names'[red]\\x1b[31m.jpg'" in flat

    made = run("--manifest", str(manifest), "--again", "--wait", "--out", str(tmp_path), "--json", code=1)
    assert json.loads(made.stdout)["without_picture"][0]["key"] == HOSTILE
    assert "\x1b" not in made.stdout + made.stderr
    folder = read(Path(json.loads(made.stdout)["run"]))
    report = build([folder])
    for document in (html.render(report, [folder]), markdown.render(report).replace("\\<", "")):
        assert [each for each in ("<img src=x", "\x1b", "\u202e") if each in document] == []


def test_the_job_of_a_photo_is_no_batch(run, cloud):
    cloud.deliver(Upload(Source("photos-in", "archive/a.jpg", "x", 1), "2026-01-01T00:00:00Z"))
    [row] = cloud.ledger.list()
    done = CliRunner().invoke(app, ["batch", "show", row.id, "-s", "aws-local"])
    assert "is the job of a photo: `twinlens jobs show`" in str(done.exception)

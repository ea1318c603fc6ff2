import json
import os
import signal

import pytest

from bench import bursts
from cli.main import app
from compare.folder import preview_path, read, write_head
from compare.run import RunError


@pytest.fixture
def bench(clouds, photos, run, tmp_path):
    def invoke(*arguments, stacks=("aws-local",)):
        chosen = [part for stack in stacks for part in ("-s", stack)]
        return run.invoke(
            app, ["bench", *chosen, "--photos", str(photos), "--out", str(tmp_path / "runs"), *arguments]
        )

    return invoke


@pytest.fixture
def folders(tmp_path):
    return lambda: sorted((tmp_path / "runs").iterdir())


SMALL = ("--bursts", "2", "--burst-size", "4", "--warm-up", "1")


def test_makes_a_run_for_each_stack(bench, folders):
    done = bench(*SMALL, stacks=("aws-local", "azure-local"))
    assert done.exit_code == 0, done.output
    assert "twinlens report" in done.stdout
    runs = [read(folder) for folder in folders()]
    assert [each.run.stack for each in runs] == ["aws-local", "azure-local"]
    for each in runs:
        assert each.run.ended is not None
        assert [record.burst for record in each.jobs] == [0, 1, 1, 1, 1, 2, 2, 2, 2]
        assert [record.warm_up for record in each.jobs].count(True) == 1
        assert {photo.name for photo in each.run.photos} == {"dark.png", "light one.jpg", "text.jpg"}


def test_the_whole_folder_is_sent_over_the_bursts(bench, folders):
    assert bench("--bursts", "3", "--burst-size", "2", "--warm-up", "1").exit_code == 0
    (folder,) = folders()
    found = read(folder)
    sent = [record.photo for record in found.jobs if not record.warm_up]
    names = [photo.name for photo in found.run.photos]
    assert sorted(sent) == sorted(2 * names)
    assert sent[:2] != sent[2:4]
    assert all(
        preview_path(folder, photo, "before").exists()
        for photo in found.run.photos
        if "text" not in photo.name
    )


def test_every_upload_is_a_job_of_its_own_and_accounted_for(bench, clouds):
    clouds["aws-local"].swallowed = "/2-[0-9]+-"
    done = bench(*SMALL, "--timeout", "1", "--json")
    assert done.exit_code == 1
    (accounts,) = json.loads(done.stdout)
    assert (accounts["uploads"], accounts["lost"], accounts["failed"]) == (9, 4, 0)
    assert accounts["succeeded"] + accounts["rejected"] == 5
    keys = clouds["aws-local"].keys
    assert len(keys) == len(set(keys)) == 9


@pytest.fixture
def interrupt(monkeypatch):
    """Press Ctrl-C when the uploads of the third part, burst 2, are followed."""
    follow = bursts.follow
    calls = iter([False, False, True])

    def interrupted(*arguments):
        if next(calls, False):
            raise KeyboardInterrupt
        return follow(*arguments)

    monkeypatch.setattr(bursts, "follow", interrupted)


def test_an_interrupted_run_keeps_what_has_ended_and_goes_on(bench, folders, clouds, interrupt):
    cloud = clouds["aws-local"]
    cloud.swallowed = "/2-1-"  # one job of burst 2 has not even begun
    done = bench(*SMALL, "--json")
    assert done.exit_code == 130
    assert "--resume continues" in done.stderr
    (accounts,) = json.loads(done.stdout)
    assert (accounts["uploads"], accounts["under_way"], accounts["lost"]) == (9, 1, 0)
    (folder,) = folders()
    assert [record.burst for record in read(folder).jobs] == [0, 1, 1, 1, 1, 2, 2, 2]
    assert read(folder).run.ended is None

    (late,) = [upload for upload in cloud.stored if "/2-1-" in upload.source.key]
    cloud.deliver(late)  # now it is over, long before anybody looks
    assert bench("--resume").exit_code == 0
    assert folders() == [folder]
    assert [record.burst for record in read(folder).jobs] == [0, 1, 1, 1, 1, 2, 2, 2, 2]
    assert read(folder).run.ended is not None
    assert len(cloud.keys) == 9  # nothing was sent twice


def test_ctrl_c_in_the_middle_of_a_stream_sends_no_more(bench, folders, clouds, monkeypatch):
    cloud = clouds["aws-local"]
    upload = cloud.upload

    def pressed(key, data):
        if len(cloud.keys) == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return upload(key, data)

    monkeypatch.setattr(cloud, "upload", pressed)
    done = bench("--bursts", "2", "--burst-size", "10", "--warm-up", "0", "--rate", "10", "--json")
    assert done.exit_code == 130
    (accounts,) = json.loads(done.stdout)
    assert 4 <= accounts["uploads"] < 20
    assert accounts["uploads"] == accounts["succeeded"] + accounts["rejected"] == len(cloud.keys)

    monkeypatch.setattr(cloud, "upload", upload)
    assert bench("--resume").exit_code == 0
    jobs = read(folders()[0]).jobs
    assert sorted(record.burst for record in jobs) == [1] * 10 + [2] * 10
    assert len({record.id for record in jobs}) == len(cloud.keys) == 20


def test_a_run_that_was_killed_finds_its_uploads_again(bench, folders, clouds):
    bench(*SMALL)
    (folder,) = folders()
    run = read(folder).run
    lines = (folder / "jobs.jsonl").read_text().splitlines(keepends=True)
    notes = (folder / "uploads.jsonl").read_text().splitlines(keepends=True)
    assert len(notes) == len(lines) == 9
    # Burst 2 was being sent: three uploads were noted, the last note half of one; no job was kept.
    (folder / "jobs.jsonl").write_text("".join(lines[:5]))
    (folder / "uploads.jsonl").write_text("".join(notes[:8]) + notes[8][:40])
    write_head(folder, type(run)(**{**vars(run), "ended": None}))
    assert bench("--resume").exit_code == 0
    assert [record.burst for record in read(folder).jobs] == [0, 1, 1, 1, 1, 2, 2, 2, 2]
    assert len({record.id for record in read(folder).jobs}) == 9
    assert len(clouds["aws-local"].keys) == 10  # one was not noted, so one more was sent


def test_a_run_of_before_notes_were_taken_goes_on(bench, folders):
    bench(*SMALL)
    (folder,) = folders()
    run = read(folder).run
    lines = (folder / "jobs.jsonl").read_text().splitlines(keepends=True)
    (folder / "jobs.jsonl").write_text("".join(lines[:5]))
    (folder / "uploads.jsonl").unlink()
    write_head(folder, type(run)(**{**vars(run), "ended": None}))
    assert bench("--resume").exit_code == 0
    assert [record.burst for record in read(folder).jobs] == [0, 1, 1, 1, 1, 2, 2, 2, 2]


def test_a_half_written_line_is_mended_when_it_goes_on(bench, folders):
    bench(*SMALL)
    (folder,) = folders()
    run = read(folder).run
    lines = (folder / "jobs.jsonl").read_text().splitlines(keepends=True)
    (folder / "jobs.jsonl").write_text("".join(lines[:5]) + lines[5][:100])
    write_head(folder, type(run)(**{**vars(run), "ended": None}))
    assert bench("--resume").exit_code == 0
    assert [record.burst for record in read(folder).jobs] == [0, 1, 1, 1, 1, 2, 2, 2, 2]


def test_only_the_same_photos_go_on(bench, folders, photos):
    bench(*SMALL)
    (folder,) = folders()
    run = read(folder).run
    write_head(folder, type(run)(**{**vars(run), "ended": None}))
    (photos / "text.jpg").write_text("something else")
    error = bench("--resume").exception
    assert isinstance(error, RunError)
    assert "photos changed" in str(error)


def test_there_must_be_something_to_go_on_with(bench):
    bench(*SMALL)
    error = bench("--resume").exception
    assert isinstance(error, RunError)
    assert "no unfinished run of aws-local" in str(error)


def test_an_open_loop_is_sent_at_its_rate(bench, folders, monkeypatch):
    """How its uploads keep to the rate is in tests/unit/bench/test_sending.py."""
    rates, send_together = [], bursts.send_together
    monkeypatch.setattr(
        bursts,
        "send_together",
        lambda photos, rate, *rest: rates.append(rate) or send_together(photos, None, *rest),
    )
    assert bench("--bursts", "3", "--burst-size", "2", "--warm-up", "0", "--rate", "20").exit_code == 0
    assert [record.burst for record in read(folders()[0]).jobs] == [1, 1, 2, 2, 3, 3]
    assert rates == [20]


def test_an_open_loop_does_not_wait_for_the_jobs_of_a_burst(bench, clouds, monkeypatch):
    sent = []
    follow = bursts.follow
    monkeypatch.setattr(
        bursts, "follow", lambda uploads, *rest: sent.append(len(uploads)) or follow(uploads, *rest)
    )
    assert bench("--bursts", "3", "--burst-size", "2", "--warm-up", "1", "--rate", "100").exit_code == 0
    assert sent == [1, 6]  # the warm-up apart, then one stream


def test_a_folder_without_photos_is_refused(clouds, run, tmp_path):
    error = run.invoke(app, ["bench", "-s", "aws-local", "--photos", str(tmp_path)]).exception
    assert isinstance(error, RunError)
    assert "contains no photos" in str(error)

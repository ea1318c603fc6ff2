from pathlib import Path

import pytest

from cli import demo
from cli.deployment import Deployment
from compare.folder import read


@pytest.fixture
def samples(photos, monkeypatch, tmp_path):
    (photos / "text.jpg").rename(photos / "not-a-photo.jpg")
    (photos / "notes.txt").rename(photos / "LICENSES.md")
    monkeypatch.setattr(demo, "SAMPLES", photos)
    monkeypatch.setattr(demo, "OUT", tmp_path / "out")
    monkeypatch.setattr(demo, "TIMEOUT_SECONDS", 1)
    monkeypatch.setattr(demo, "UPLOADS_A_SECOND", 1000.0)
    return photos


def deployments():
    return [Deployment.of("aws-local"), Deployment.of("azure-local")]


def test_every_sample_goes_through_both_clouds(clouds, samples):
    folders, surprises = demo.process(deployments())
    assert surprises == []
    assert [folder.name for folder in folders] == ["aws-local", "azure-local"]
    for folder in folders:
        made = read(folder)
        assert {record.photo: record.state for record in made.jobs} == {
            "dark.png": "succeeded",
            "light one.jpg": "succeeded",
            "not-a-photo.jpg": "rejected",
        }
        assert all(record.outputs for record in made.jobs if record.state == "succeeded")
        assert len(list((folder / "previews").iterdir())) == 8


def test_a_run_of_before_is_replaced(clouds, samples):
    demo.process(deployments())
    for cloud in clouds.values():
        cloud.__init__()
    folders, _ = demo.process(deployments())
    assert len(read(folders[0]).jobs) == 3


def test_tells_what_did_not_end_as_it_should(clouds, samples, monkeypatch):
    monkeypatch.setattr(demo, "REJECTED", frozenset({"dark.png"}))
    clouds["azure-local"].swallowed = "light one"
    _, surprises = demo.process(deployments())
    assert "dark.png on aws-local should be rejected, but is succeeded: no reason was recorded" in surprises
    assert any(
        each.startswith("not-a-photo.jpg on azure-local should be succeeded, but is rejected: The file")
        for each in surprises
    )
    assert (
        "light one.jpg on azure-local should be succeeded, but is lost: no reason was recorded" in surprises
    )


def test_tells_where_the_clouds_outputs_differ(clouds, samples, monkeypatch):
    get = clouds["azure-local"].outputs.get
    monkeypatch.setattr(
        clouds["azure-local"].outputs, "get", lambda key, max_bytes: get(key, max_bytes) + b"!"
    )
    _, surprises = demo.process(deployments())
    assert surprises == [
        "The outputs of dark.png differ between the clouds.",
        "The outputs of light one.jpg differ between the clouds.",
    ]


def test_everything_is_taken_down_after_a_failure(clouds, samples, monkeypatch):
    done = []
    monkeypatch.setattr(demo.emulators, "up", lambda: done.append("up"))
    monkeypatch.setattr(demo.emulators, "down", lambda: done.append("down"))

    def interrupted(name):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo.stack, "up", interrupted)
    with pytest.raises(SystemExit) as left:
        demo.main()
    assert left.value.code == 130
    assert done == ["up", "down"]


def test_the_whole_demo_ends_with_its_report(clouds, samples, monkeypatch, capsys):
    monkeypatch.setattr(demo.emulators, "up", lambda: None)
    monkeypatch.setattr(demo.emulators, "down", lambda: None)
    monkeypatch.setattr(demo.stack, "up", lambda name: None)
    collected = []
    monkeypatch.setattr(demo, "collect_run", lambda deployment, folder: collected.append(folder.run.stack))
    with pytest.raises(SystemExit) as left:
        demo.main()
    assert left.value.code == 0
    assert collected == ["aws-local", "azure-local"]
    assert (Path(demo.OUT) / "report.html").exists()
    assert (Path(demo.OUT) / "runs" / "azure-local" / "run.json").exists()

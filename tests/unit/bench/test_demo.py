import json
from pathlib import Path

import pytest

from bench import demo
from bench.stack import DeployedStack
from cli import demo as command
from cli.console import progress
from compare.folder import read
from simulation.advice import advise


@pytest.fixture
def samples(photos, monkeypatch, tmp_path):
    (photos / "text.jpg").rename(photos / "not-a-photo.jpg")
    (photos / "notes.txt").rename(photos / "LICENSES.md")
    monkeypatch.setattr(demo, "SAMPLES", photos)
    monkeypatch.setattr(demo, "OUT", tmp_path / "out")
    monkeypatch.setattr(demo, "ROOT", tmp_path)  # a real demonstration may run in the checkout
    monkeypatch.setattr(demo, "TIMEOUT_SECONDS", 1)
    monkeypatch.setattr(advise, "JOBS", 20)
    return photos


def deployments():
    return [DeployedStack.of("aws-local"), DeployedStack.of("azure-local")]


def test_every_sample_goes_through_both_clouds_one_at_a_time(clouds, samples):
    done = demo.process(deployments(), progress())
    assert demo.surprises(done) == []
    assert [each.name for each in done] == ["aws-local-stepwise", "azure-local-stepwise"]
    for each in done:
        made = read(each.folder)
        assert made.jobs == each.records
        assert [record.burst for record in made.jobs] == [1, 2, 3]
        assert {record.photo: record.state for record in made.jobs} == {
            "dark.png": "succeeded",
            "light one.jpg": "succeeded",
            "not-a-photo.jpg": "rejected",
        }
        assert all(record.outputs for record in made.jobs if record.state == "succeeded")
        assert len(list((each.folder / "previews").iterdir())) == 8


def test_a_run_of_before_is_replaced(clouds, samples):
    demo.process(deployments(), progress())
    for cloud in clouds.values():
        cloud.__init__()
    done = demo.process(deployments(), progress())
    assert len(read(done[0].folder).jobs) == 3


def test_tells_what_did_not_end_as_it_should(clouds, samples, monkeypatch):
    monkeypatch.setattr(demo, "REJECTED", frozenset({"dark.png"}))
    clouds["azure-local"].swallowed = "light one"
    told = demo.surprises(demo.process(deployments(), progress()))
    assert (
        "dark.png on aws-local-stepwise should be rejected, but is succeeded: no reason was recorded" in told
    )
    assert any(
        each.startswith(
            "not-a-photo.jpg on azure-local-stepwise should be succeeded, but is rejected: The file"
        )
        for each in told
    )
    assert (
        "light one.jpg on azure-local-stepwise should be succeeded, but is lost: no reason was recorded"
        in told
    )


def test_tells_where_outputs_differ(clouds, samples, monkeypatch):
    get = clouds["azure-local"].outputs.get
    monkeypatch.setattr(
        clouds["azure-local"].outputs, "get", lambda *asked, **limit: get(*asked, **limit) + b"!"
    )
    assert demo.surprises(demo.process(deployments(), progress())) == [
        "The outputs of dark.png differ between runs.",
        "The outputs of light one.jpg differ between runs.",
    ]


def test_everything_is_taken_down_after_a_failure(clouds, samples, monkeypatch):
    done = []
    monkeypatch.setattr(demo.emulators, "status", lambda: {"ministack": not done})
    monkeypatch.setattr(demo.emulators, "up", lambda: done.append("up"))
    monkeypatch.setattr(demo.emulators, "down", lambda: done.append("down"))

    def interrupted(name, settings):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo.stack, "up", interrupted)
    with pytest.raises(SystemExit) as left:
        command.main()
    assert left.value.code == 130
    assert done == ["up", "down"]


def test_the_whole_demo_ends_with_its_report(clouds, samples, monkeypatch):
    ups = []

    def up(name, settings):
        ups.append((str(name), settings["twinlens:granularity"]))
        deployment = DeployedStack.of(name)
        clouds[name].granularity = settings["twinlens:granularity"]
        outputs = {**deployment.outputs, "granularity": settings["twinlens:granularity"]}
        monkeypatch.setattr(
            DeployedStack, "of", lambda stack: DeployedStack(stack, outputs, clouds[stack], "emulator")
        )

    monkeypatch.setattr(demo.emulators, "up", lambda: None)
    monkeypatch.setattr(demo.emulators, "down", lambda: None)
    monkeypatch.setattr(demo.stack, "up", up)
    collected = []
    monkeypatch.setattr(demo, "collect_run", lambda deployment, folder: collected.append(folder.path.name))
    with pytest.raises(SystemExit) as left:
        command.main()
    assert left.value.code == 0
    assert ups == [
        ("aws-local", "stepwise"),
        ("azure-local", "stepwise"),
        ("aws-local", "fused"),
        ("azure-local", "fused"),
    ]
    assert collected == [f"{name}-{granularity}" for name, granularity in ups]
    report = json.loads((Path(demo.OUT) / "report.json").read_text())
    assert [run["label"] for run in report["runs"]] == [
        "aws-local stepwise",
        "aws-local fused",
        "azure-local stepwise",
        "azure-local fused",
    ]
    assert len(report["costs"]) == 4
    assert {photo["outputs"] for photo in report["photos"]} == {"equal", "unknown"}
    assert (Path(demo.OUT) / "report.html").exists()

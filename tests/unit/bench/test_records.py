"""What a run folder says of a deployment and of its jobs."""

import hashlib
import os
from dataclasses import replace
from importlib.metadata import version

import pytest
from PIL import Image

from bench.records import head, keep_previews, record
from bench.sending import follow, send
from bench.stack import DeployedStack
from compare.clock import milliseconds
from compare.folder import BEFORE, preview_path
from compare.run import Plan

RENDITIONS = ("display", "thumbnail", "filtered")


@pytest.fixture
def deployment(clouds):
    return DeployedStack.of("aws-local")


def test_the_head_says_what_ran_where_and_with_what(deployment, photos):
    photo = photos / "dark.png"
    run = head(deployment, [photo], Plan(2, 4, 1, 0.5))
    assert run.name.startswith("aws-local-20")
    assert (run.cloud, run.orchestrator, run.granularity, run.architecture) == (
        "aws",
        "standard",
        "stepwise",
        "arm64",
    )
    assert (run.memory_mb, run.region, run.recipe, run.where) == (1024, "us-east-1", "gallery", "emulator")
    assert (run.ended, run.chaos, run.plan) == (None, "", Plan(2, 4, 1, 0.5))
    (file,) = run.photos
    data = photo.read_bytes()
    assert (file.name, file.size, file.sha256) == ("dark.png", len(data), hashlib.sha256(data).hexdigest())
    assert run.versions["Twinlens"] == version("twinlens")
    assert run.versions["Pulumi SDK"] == version("pulumi")
    assert f"with {os.cpu_count()} CPUs" in run.versions["client"]


def test_a_record_has_the_hash_of_every_output(deployment, clouds, photos):
    upload = send(deployment, photos / "dark.png", "dark.png")
    row = follow([upload], 1, lambda _: None)[upload]
    made = record(upload, row, burst=3, warm_up=True, outputs=True)
    assert (made.photo, made.state, made.burst, made.warm_up) == ("dark.png", "succeeded", 3, True)
    assert milliseconds(made.began) <= milliseconds(made.sent)
    assert made.recorded_at == row.updated_at
    assert made.outputs == {
        each.name: hashlib.sha256(clouds["aws-local"].outputs.objects[each.key]).hexdigest()
        for each in made.job.artifacts
    }
    assert record(upload, row).outputs == {}


def test_a_record_has_nothing_by_which_a_job_is_decided_or_woken(deployment, clouds, photos):
    upload = send(deployment, photos / "dark.png", "dark.png")
    row = follow([upload], 1, lambda _: None)[upload]
    row = replace(row, token="the task's token", link_hash="the link's hash")
    assert "the task's token" not in f"{row} {record(upload, row)}"
    assert "the link's hash" not in f"{row} {record(upload, row)}"


def test_an_upload_without_a_row_is_lost(deployment, clouds, photos):
    clouds["aws-local"].swallowed = "."
    upload = send(deployment, photos / "dark.png", "dark.png")
    assert follow([upload], 0, lambda _: None) == {}
    made = record(upload, None, outputs=True)
    assert (made.state, made.recorded_at, made.job, made.outputs) == ("lost", None, None, {})


def test_previews_are_small_jpegs_and_broken_photos_have_none(deployment, photos, tmp_path):
    wide = photos / "wide.png"
    Image.linear_gradient("L").resize((1200, 300)).save(wide)
    run = head(deployment, [wide, photos / "text.jpg"], Plan(1, 2))
    for name in ("wide.png", "text.jpg"):
        upload = send(deployment, photos / name, name)
        keep_previews(tmp_path, run, upload, follow([upload], 1, lambda _: None)[upload])
    sizes = {}
    for file in (tmp_path / "previews").iterdir():
        with Image.open(file) as picture:
            assert picture.format == "JPEG"
            sizes[file.name] = picture.size
    # Of the good photo alone.
    previews = [preview_path(tmp_path, run.photos[0], name) for name in (BEFORE, *RENDITIONS)]
    assert sizes.keys() == {path.name for path in previews}
    assert (480, 120) in sizes.values()
    assert max(max(size) for size in sizes.values()) == 480

"""A batch on each local stack: an archive goes through once, is skipped the next time, and again if asked.

What failed is sent again.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import boto3
import pytest
from azure.core.credentials import AzureNamedKeyCredential
from azure.storage.blob import BlobServiceClient
from PIL import Image
from typer.testing import CliRunner

from cli.main import app
from compare.folder import read
from compare.report.build import build

pytestmark = pytest.mark.e2e
PHOTOS = 14


def put(stand, count, prefix):
    """Store photos that start no job; return their keys."""
    keys = [f"{prefix}{number:02}.jpg" for number in range(count)]
    for number, key in enumerate(keys):
        stream = BytesIO()
        Image.new("RGB", (64, 48), (number, 0, 90)).save(stream, "JPEG")
        stand.deployment.connection.upload(key, stream.getvalue())
    return keys


@contextmanager
def unreadable(stand, keys, state) -> Iterator[None]:
    """Let the store refuse to give out objects: by the bucket's policy, or from Azure's archive tier."""
    container = stand.deployment.outputs["inputContainer"]
    if stand.deployment.outputs["cloud"] == "aws":
        policy = boto3.client("s3").get_bucket_policy(Bucket=container)["Policy"]
        denied = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject"}
        denied["Resource"] = [f"arn:aws:s3:::{container}/{key}" for key in keys]
        told = json.loads(policy)
        more = {**told, "Statement": [*told["Statement"], denied]}
        boto3.client("s3").put_bucket_policy(Bucket=container, Policy=json.dumps(more))
        yield
        boto3.client("s3").put_bucket_policy(Bucket=container, Policy=policy)
        return
    credential = AzureNamedKeyCredential(stand.deliveries.account, state.azure.key)
    blobs = BlobServiceClient(stand.deployment.outputs["storeEndpoint"], credential=credential)
    for tier in ("Archive", "Hot"):
        for key in keys:
            blobs.get_blob_client(container, key).set_standard_blob_tier(tier)
        if tier == "Archive":
            yield


@pytest.fixture
def archive(stand):
    """Photos that started no job, and two files that are none."""
    put(stand, PHOTOS, "archive/shelf/")
    for name in ("poem.jpg", "verse.jpg"):
        stand.deployment.connection.upload(f"archive/shelf/{name}", b"Nothing gold can stay.")
    return "archive/shelf/"


@pytest.fixture
def run(stand):
    def twinlens(*arguments, code=0):
        done = CliRunner().invoke(app, [*arguments, "-s", stand.deployment.stack, "--json"])
        assert done.exit_code == code, done.output
        return json.loads(done.stdout)

    return twinlens


def test_an_archive_goes_through_once(stand, archive, run, tmp_path):
    kept = ("--out", str(tmp_path))
    first = run("batch", "--prefix", archive, "--concurrency", "4", "--wait", *kept, code=1)
    assert (first["state"], first["counts"]) == ("succeeded", {"succeeded": PHOTOS, "rejected": 2})
    assert {each["key"] for each in first["without_picture"]} == {
        f"{archive}{n}.jpg" for n in ("poem", "verse")
    }
    rows = [each for each in stand.deployment.rows() if each.key.startswith(archive)]
    assert len(rows) == PHOTOS + 2

    # The summary in the store and its notification say the same.
    row = stand.deployment.row(first["id"])
    [artifact] = row.document["artifacts"]
    summary = json.loads(stand.deployment.read_output(artifact["key"]))
    assert (summary["batch"], summary["counts"]) == (first["id"], first["counts"])
    [(topic, message)] = stand.notified(first["id"])
    assert (topic, message["artifacts"]) == ("success", row.document["artifacts"])
    assert run("batch", "show", first["id"][:12])["counts"] == first["counts"]

    report = build([read(Path(first["run"]))])
    assert f"is the batch {first['id'][:12]} of {PHOTOS + 2} items" in report.summary[1]
    assert report.costs[0].per_thousand > 0

    manifest = tmp_path / "some.csv"
    manifest.write_text(f"key,recipe\n{archive}00.jpg\nnowhere.jpg\n{archive}01.jpg,vintage\n")
    second = run("batch", "--manifest", str(manifest), "--wait")
    assert second["counts"] == {"succeeded": 1, "skipped": 1}

    manifest.write_text(f"{archive}00.jpg\n")
    again = run("batch", "--manifest", str(manifest), "--again", "--wait")
    assert again["counts"] == {"succeeded": 1}
    recipes = {each.document["recipe"] for each in stand.deployment.rows() if each.key == f"{archive}00.jpg"}
    assert len(recipes) == 2


def test_what_failed_is_sent_again_once_the_cause_is_gone(stand, run, local_stacks):
    good, *bad = keys = put(stand, 4, "archive/locked/")
    with unreadable(stand, bad, local_stacks.state):
        first = run("batch", "--prefix", "archive/locked/", "--tolerate", "100%", "--wait", code=1)
    assert (first["state"], first["counts"]) == ("succeeded", {"succeeded": 1, "failed": 3})
    assert [each["key"] for each in first["without_picture"]] == bad

    again = run("batch", "redrive", first["id"], "--wait")

    assert (again["items"], again["counts"]) == (3, {"succeeded": 3})
    rows = {each.key: each for each in stand.deployment.rows() if each.key in keys}
    assert {each.state for each in rows.values()} == {"succeeded"}
    assert [topic for topic, _ in stand.notified(rows[good].id)] == ["success"]
    for key in bad:
        told = [topic for topic, _ in stand.notifications(rows[key].id)]
        assert told.count("success") == 1, f"{key}: {told}"

"""A batch on each local stack: an archive goes through once, is skipped the next time, and again if asked."""

import json
from io import BytesIO

import pytest
from PIL import Image
from typer.testing import CliRunner

from cli.main import app

pytestmark = pytest.mark.e2e
PHOTOS = 14


@pytest.fixture
def archive(stand):
    """Photos that started no job, and two files that are none."""
    for number in range(PHOTOS):
        stream = BytesIO()
        Image.new("RGB", (64, 48), (number, 0, 90)).save(stream, "JPEG")
        stand.deployment.connection.upload(f"archive/shelf/{number:02}.jpg", stream.getvalue())
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
    first = run("batch", "--prefix", archive, "--concurrency", "4", "--wait", code=1)
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

    manifest = tmp_path / "some.csv"
    manifest.write_text(f"key,recipe\n{archive}00.jpg\nnowhere.jpg\n{archive}01.jpg,vintage\n")
    second = run("batch", "--manifest", str(manifest), "--wait")
    assert second["counts"] == {"succeeded": 1, "skipped": 1}

    manifest.write_text(f"{archive}00.jpg\n")
    again = run("batch", "--manifest", str(manifest), "--again", "--wait")
    assert again["counts"] == {"succeeded": 1}
    recipes = {each.document["recipe"] for each in stand.deployment.rows() if each.key == f"{archive}00.jpg"}
    assert len(recipes) == 2

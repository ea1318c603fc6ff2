"""The examples of clients, before a front door that answers as the OpenAPI document says."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.toolchain import node

CLIENTS = Path(__file__).parents[3] / "docs" / "clients"


@pytest.fixture(params=["upload.py", "upload.mjs"])
def send(request, door, tmp_path):
    """Run a client with a file of this name; return its exit code and what it said."""

    def run(name, data=b"photo"):
        (tmp_path / name).write_bytes(data)
        program = sys.executable if request.param.endswith(".py") else node.find().node
        command = [program, CLIENTS / request.param, door.api, tmp_path / name, "image/jpeg"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    return run


def test_a_client_sends_a_photo_and_names_the_results(send, door):
    code, said, told = send("full.jpg")
    assert (code, told) == (0, "")
    [identifier] = door.photos
    assert said.splitlines() == [
        f"display.jpg {door.api}/store/{identifier}.jpg",
        f"manifest.json {door.api}/store/manifest.json",
    ]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("broken.jpg", b"text", "The photo is damaged."),
        ("large.jpg", b"x" * 100_001, "413: "),
    ],
)
def test_a_client_says_why_a_photo_was_refused(send, name, data, reason):
    code, said, told = send(name, data)
    assert (code, said) == (1, "")
    assert told.startswith(reason)
    assert "Traceback" not in told


def test_they_are_short():
    for path in CLIENTS.iterdir():
        assert len(path.read_text().splitlines()) <= 30, path

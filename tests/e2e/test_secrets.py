"""Secrets stay where they belong: planted ones turn up in no log, state, ledger row, output or notification.

Planted are the storage account's key, which the Azure app holds, the SAS by which its code is fetched, and a
secret in a photo's own metadata.
"""

import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from core.job import job_id
from local import state
from local.emulators import processes

pytestmark = pytest.mark.e2e

CANARY = "canary-5f3a9c1e7b"
SIGNATURE = re.compile(rb"[?&]sig=[^&\"\s]{8}|\"sig=[^&\"\s]{8}")
# What plays Azure itself knows what it signed: the requests of Azurite, the deployments of the stand-in.
AZURE_ITSELF = ("azurite.log", "azure-resources.db")
FOLDERS = ("logs", "pulumi", "azure-host")  # what a set-up keeps on disk, beside local.json itself


@pytest.fixture(scope="module")
def confiding() -> bytes:
    """A photo whose metadata tell where it was taken, and a secret."""
    exif = Image.Exif()
    exif[0x010E] = CANARY  # ImageDescription
    exif.get_ifd(0x8825)[1] = "N"  # GPSLatitudeRef
    file = BytesIO()
    Image.linear_gradient("L").convert("RGB").save(file, "JPEG", exif=exif, comment=CANARY.encode())
    return file.getvalue()


def test_a_photo_s_metadata_go_nowhere(stand, confiding):
    deployment = stand.deployment
    key = deployment.key("confiding.jpg")
    etag = deployment.connection.upload(key, confiding)
    row = stand.finished(
        job_id(deployment.outputs["inputContainer"], key, etag, deployment.outputs["recipe"])
    )

    assert row.state == "succeeded"
    told = json.dumps([row.document, stand.notified(row.id)]).encode()
    outputs = [deployment.read_output(each["key"]) for each in row.document["artifacts"]]
    assert outputs
    assert CANARY.encode() in confiding
    assert Image.open(BytesIO(confiding)).getexif().get_ifd(0x8825)
    for each in (told, *outputs):
        assert CANARY.encode() not in each
    for each in outputs:
        assert not Image.open(BytesIO(each)).getexif().get_ifd(0x8825)


def test_no_key_and_no_signature_is_written_down(stands, local_stacks):
    azure, aws = local_stacks.state.azure, local_stacks.state.aws
    secrets = [each.encode() for each in (azure.key, azure.token, aws.secret_key)]
    folder = state.path().parent
    kept = state.path().read_bytes()
    assert all(secret in kept for secret in secrets), "the one place, and its owner's alone"
    assert state.path().stat().st_mode & 0o077 == 0
    files = _files(folder)
    assert {processes.log(folder, name) for name in ("ministack", "azurite", "azure-host")} <= set(files)

    assert [str(path) for path in files if any(_tells(path, secret) for secret in secrets)] == []


@pytest.mark.parametrize(
    "planted", ["key", "?sv=2025-05-05&sig=AbCdEfGh%2F1234", '{"uri": "sig=AbCdEfGh1234"}']
)
def test_what_is_written_down_would_be_found(stands, local_stacks, planted):
    secret = local_stacks.state.azure.key.encode()
    path = state.path().parent / "logs" / "planted.log"
    path.write_bytes(b"before " + (secret if planted == "key" else planted.encode()) + b" after")
    try:
        assert [found for found in _files(state.path().parent) if _tells(found, secret)] == [path]
    finally:
        path.unlink()


def test_no_secret_is_an_output_or_in_the_ledger(stand, confiding, local_stacks):
    secret = local_stacks.state.azure.key
    etag = stand.deployment.connection.upload(key := stand.deployment.key("in the ledger.jpg"), confiding)
    outputs = dict(stand.deployment.outputs)
    job = job_id(outputs["inputContainer"], key, etag, outputs["recipe"])
    stand.finished(job)

    rows = {row.id: row.document for row in stand.deployment.rows()}
    assert rows[job]["source"]["key"] == key
    told = json.dumps([outputs, rows]).encode()
    assert secret.encode() not in told
    assert not SIGNATURE.search(told)


def _tells(path: Path, secret: bytes) -> bool:
    """Say whether a file holds the key, or a signature that its owner did not make."""
    held = path.read_bytes()
    return secret in held or (path.name not in AZURE_ITSELF and SIGNATURE.search(held) is not None)


def _files(folder: Path) -> list[Path]:
    inside = [path for name in FOLDERS for path in (folder / name).rglob("*")]
    # The host's copy of the package is the code as it was delivered.
    return [path for path in inside if path.is_file() and "packages" not in path.parts]

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
    etag = deployment.cloud.upload(key, confiding)
    row = stand.finished(
        job_id(deployment.outputs["inputContainer"], key, etag, deployment.outputs["recipe"])
    )

    assert row.state == "succeeded"
    told = json.dumps([row.document, stand.notified(row.id)]).encode()
    outputs = [deployment.read_output(each["key"]) for each in row.document["artifacts"]]
    for each in (told, *outputs):
        assert CANARY.encode() not in each
    for each in outputs:
        assert not Image.open(BytesIO(each)).getexif().get_ifd(0x8825)


def test_no_key_and_no_signature_is_written_down(stands, local_stacks):
    secret = local_stacks.state.azure.key.encode()
    folder = state.path().parent
    assert processes.log(folder, "ministack").exists(), "these are the folders of a set-up"
    assert secret in state.path().read_bytes(), "the one place, and its owner's alone"
    assert state.path().stat().st_mode & 0o077 == 0

    found = [
        str(path)
        for path in _files(folder)
        if secret in (held := path.read_bytes()) or (path.name not in AZURE_ITSELF and SIGNATURE.search(held))
    ]

    assert found == []


def test_no_secret_is_an_output_or_in_the_ledger(stands, local_stacks):
    secret = local_stacks.state.azure.key
    for stand in stands.values():
        told = json.dumps([dict(stand.deployment.outputs), [row.document for row in stand.deployment.rows()]])
        assert secret not in told
        assert not SIGNATURE.search(told.encode())


def _files(folder: Path) -> list[Path]:
    inside = [path for name in FOLDERS for path in (folder / name).rglob("*")]
    # The host's copy of the package is the code as it was delivered.
    return [path for path in inside if path.is_file() and "packages" not in path.parts]
